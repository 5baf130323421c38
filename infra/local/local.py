"""The whole service on this machine: moto, the stack from the template, the gateway, the functions, their mappings, the router."""

import json
import pathlib
import shutil
import subprocess
import sys

import boto3
import gateway
import mappings
import processes
import stack
from fleet import Fleet
from router import Router

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = REPOSITORY / "infra/template.yaml"
TOOLS = pathlib.Path(sys.executable).parent
STACK_NAME = "barlake"
# Instances of each function at most: waits of clients hold an instance of `api`, the rest share the processors.
CROWDS = {"api": 16, "builder": 2, "worker": 2, "reducer": 2}


class Local:
    """A running stack in a folder of its own. `stop` ends everything it started. `variables` go to every function.

    The scales are factors on the template's visibility of queues and timeouts of functions.
    """

    def __init__(self, folder, binaries, template=TEMPLATE, port=0, visibility_scale=1.0, timeout_scale=1.0, crowds=None,
                 extra_headers=None, on_dispatch=None, report=print, variables=None):
        self.folder, self.report = pathlib.Path(folder), report
        self.variables = variables or {}
        self.parts, self.runners = [], []
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        try:
            self.start(template, binaries, port, (visibility_scale, timeout_scale), CROWDS | (crowds or {}), extra_headers, on_dispatch)
        except BaseException:
            self.stop()
            raise

    def start(self, path, binaries, port, scales, crowds, extra_headers, on_dispatch):
        moto_port = self.start_moto()
        self.gateway = self.kept(gateway.Gateway(moto_port, self.report))
        self.router = self.kept(Router(port, extra_headers, self.report))
        self.environment = {
            "AWS_REGION": stack.REGION, "AWS_DEFAULT_REGION": stack.REGION, "AWS_ENDPOINT_URL": self.gateway.url,
            "AWS_ACCESS_KEY_ID": gateway.OPERATOR, "AWS_SECRET_ACCESS_KEY": "local",
        }
        self.session = boto3.Session(gateway.OPERATOR, "local", region_name=stack.REGION)
        functions, mapped = self.create(path, *scales)
        self.functions = {function.binary: function for function in functions.values()}
        for function in self.functions.values():
            self.gateway.admit(function)
        environment = self.variables | {name: self.environment[name] for name in ("AWS_REGION", "AWS_ENDPOINT_URL")}
        crowds = {binary: crowds.get(binary, 2) for binary in self.functions}
        self.fleet = self.kept(Fleet(TOOLS / "cargo-lambda", binaries, self.folder, environment, crowds, self.report))
        self.map(mapped, crowds, on_dispatch)
        self.router.serve(self.fleet, self.functions["api"])

    def kept(self, part):
        self.parts.append(part)
        return part

    def start_moto(self):
        port, log = processes.free_port(), self.folder / "logs/moto.log"
        process = processes.start([TOOLS / "moto_server", "-H", "127.0.0.1", "-p", port], log)
        self.moto = process
        processes.wait_for_port(process, port, "moto", log)
        return port

    def create(self, path, visibility_scale, timeout_scale):
        """Creates the stack; the functions and mappings that its template describes."""
        written = stack.read(path)
        template = stack.transformed(written)
        emulated, left_out = stack.emulated(template, self.router.url, visibility_scale)
        for line in left_out:
            self.report(f"not emulated here: {line}")
        parameters = {"AppUrl": self.router.url, "AllowedHosts": "127.0.0.1"}
        ids, self.outputs = stack.create(self.client("cloudformation"), STACK_NAME, emulated, parameters)
        made = stack.resolver(template, STACK_NAME, ids, parameters)
        functions = stack.functions(written, template, made, timeout_scale)
        return functions, stack.mappings(template, made, functions)

    def map(self, mapped, crowds, on_dispatch):
        sqs, redrives = self.client("sqs"), {}
        for url in sqs.list_queues()["QueueUrls"]:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "RedrivePolicy"])["Attributes"]
            if "RedrivePolicy" in found:
                redrives[found["QueueArn"]] = json.loads(found["RedrivePolicy"])["deadLetterTargetArn"]
        sources = mappings.Sources(redrives)
        for mapping in mapped:
            concurrency = min(mapping.concurrency_max, crowds[mapping.function.binary])
            client = mappings.client_of(self.session, self.gateway.url, mapping.function)
            runner = mappings.Runner(mapping, client, self.fleet, concurrency, sources, self.report, on_dispatch)
            self.runners.append(self.kept(runner))

    def client(self, service):
        """A client with the operator's rights."""
        return self.session.client(service, endpoint_url=self.gateway.url)

    def add_demo(self, barlake):
        """The DEMO market, as a server of one machine makes it on its first run, copied into the lake."""
        data = self.folder / "demo"
        server = subprocess.Popen([barlake, "serve", "--port", "0", "--data-dir", data], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            if b"http://" not in server.stdout.readline():
                raise RuntimeError("barlake did not make the DEMO market")
        finally:
            processes.stop(server)
        self.copy_lake(data / "objects")

    def copy_lake(self, objects):
        """Copies the series of a data folder into the lake."""
        s3 = self.client("s3")
        for path in sorted(pathlib.Path(objects).rglob("*")):
            key = path.relative_to(objects).as_posix()
            if path.is_file() and key.split("/")[0] in ("lake", "catalog", "contracts"):
                s3.put_object(Bucket=self.outputs["LakeBucket"], Key=key, Body=path.read_bytes())

    def operate(self, barlake, *arguments):
        """Runs `barlake --stack` with the operator's rights; what it prints."""
        command = [barlake, "--stack", STACK_NAME, *arguments]
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder)} | self.environment
        done = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command[1:])}: {done.stderr}")
        return done.stdout

    def stop(self):
        for part in reversed(self.parts):
            part.stop()
        if hasattr(self, "moto"):
            processes.stop(self.moto)
        if hasattr(self, "gateway"):
            (self.folder / "uses.json").write_text("\n".join(map(json.dumps, self.gateway.uses())) + "\n")

    def remove(self):
        """Removes the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
