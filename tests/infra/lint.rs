//! The linters of AWS, and what SAM makes of the template. All offline: `sam validate` without `--lint` would ask IAM.

use crate::template::{at, of_type, path, script};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// A proxy that is not there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A program of `.tools/sam`; `None` (and a printed skip) where it is not installed.
fn tool(name: &str) -> Option<PathBuf> {
    let program = tests::repository().join(".tools/sam/bin").join(name);
    if program.is_file() {
        return Some(program);
    }
    assert!(std::env::var_os("CI").is_none(), "no {name}: run tests/setup.sh");
    eprintln!("SKIPPED: no {name}; run tests/setup.sh");
    None
}

fn run(mut command: Command) {
    command.env("AWS_DEFAULT_REGION", "us-east-1").env("SAM_CLI_TELEMETRY", "0").current_dir(tests::repository());
    // SAM asks once a week for its newest version, and remembers that at home: both stay inside.
    command.env("HTTPS_PROXY", NOWHERE).env("__SAM_CLI_APP_DIR", tests::repository().join(".tools/sam/home"));
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}

#[test]
fn cfn_lint_is_content() {
    let Some(program) = tool("cfn-lint") else { return };
    let mut command = Command::new(program);
    command.arg("--include-checks").arg("I").arg("--").arg(path());
    run(command);
}

#[test]
fn sam_validate_is_content() {
    let Some(program) = tool("sam") else { return };
    for environment in ["default", "production"] {
        let mut command = Command::new(&program);
        command.args(["validate", "--lint", "--config-env", environment]);
        run(command);
    }
}

/// A public function URL needs two permissions; without either it answers 403 to everybody.
#[test]
fn sam_opens_the_url_and_adds_nothing_else() {
    let Some(python) = tool("python") else { return };
    let template = script(python, "translate.py");
    let mut permissions: Vec<(&str, &Value, &Value)> = of_type(&template, "AWS::Lambda::Permission")
        .into_iter()
        .map(|(_, permission)| at(permission, "Properties"))
        .map(|it| (at(it, "Action").as_str().unwrap(), at(it, "FunctionUrlAuthType"), at(it, "InvokedViaFunctionUrl")))
        .collect();
    permissions.sort_unstable_by_key(|(action, _, _)| *action);
    let (none, by_url) = (Value::from("NONE"), Value::from(true));
    let expected =
        [("lambda:InvokeFunction", &Value::Null, &by_url), ("lambda:InvokeFunctionUrl", &none, &Value::Null)];
    assert_eq!(permissions, expected);
    for (name, function) in of_type(&template, "AWS::Lambda::Function") {
        assert_eq!(at(function, "Properties/TracingConfig/Mode"), "Active", "{name}");
    }
    assert_eq!(of_type(&template, "AWS::IAM::Role").len(), 4, "SAM added a role of its own");
}
