"""`infra/local/up`: the four function binaries under `cargo lambda` over emulated AWS APIs, until Ctrl-C."""

import argparse
import pathlib
import signal
import tempfile
import threading

import local
import stack

DEFAULT_PORT = 8788


def arguments():
    parser = argparse.ArgumentParser(prog="infra/local/up", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port of the function URL; 0 picks a free one")
    parser.add_argument("--binaries", type=pathlib.Path, default=local.REPOSITORY / "target/debug", metavar="FOLDER",
                        help="folder with api, builder, worker, reducer and barlake")
    parser.add_argument("--artifacts", type=pathlib.Path, metavar="FOLDER",
                        help="what `sam build` made (.aws-sam/build), instead of --binaries; arm64 ones run through QEMU")
    parser.add_argument("--visibility-scale", type=float, default=1.0, metavar="FACTOR",
                        help="factor on the queues' visibility, so that lost deliveries come back sooner; 0.05 makes 120 s 6 s")
    parser.add_argument("--workers", type=int, default=local.CROWDS["worker"], help="instances of the worker at most")
    parser.add_argument("--folder", type=pathlib.Path, help="folder of logs and uses.json; a temporary one when absent")
    return parser.parse_args()


def artifacts(folder):
    """The binaries `sam build` made, by the name of the binary."""
    template = stack.read(local.TEMPLATE)["Resources"]
    functions = {name: item for name, item in template.items() if item["Type"] == "AWS::Serverless::Function"}
    return {item["Metadata"]["BuildProperties"]["Binary"]: folder.resolve() / name / "bootstrap" for name, item in functions.items()}


def binaries(folder):
    """The binaries of a build."""
    return {name: folder.resolve() / name for name in local.CROWDS}


def main():
    options = arguments()
    chosen = artifacts(options.artifacts) if options.artifacts else binaries(options.binaries)
    missing = [str(path) for path in chosen.values() if not path.is_file()]
    if missing:
        raise SystemExit(f"not built: {', '.join(missing)}")
    folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="barlake-functions-"))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    running = local.Local(folder, chosen, port=options.port, visibility_scale=options.visibility_scale,
                          crowds={"worker": options.workers}, report=lambda line: print(f"  {line}", flush=True))
    try:
        barlake = options.binaries.resolve() / "barlake"
        running.add_demo(barlake)
        key = running.operate(barlake, "keys", "create", "--label", "local").split()[0]
        print(guide(running, key), flush=True)
        ended.wait()
    finally:
        running.stop()
        print(f"Stopped. What each function used: {folder}/uses.json")


def guide(running, key):
    exports = "\n".join(f"    export {name}={value}" for name, value in running.environment.items())
    url = running.outputs["McpUrl"]
    return f"""
The functions serve MCP at {url}
  access key    {key}
  Claude Code   claude mcp add --transport http barlake-local {url} --header "Authorization: Bearer {key}"
  logs          {running.folder}/logs
  The operator's commands, in another terminal (for example `barlake --stack {local.STACK_NAME} data`):
{exports}

Stop with Ctrl-C."""


if __name__ == "__main__":
    main()
