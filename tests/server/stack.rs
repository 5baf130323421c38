//! The operator's commands at a deployed stack: against emulated AWS APIs, with the credentials of the environment.

use crate::cloud::{REGION, clients_at, create_stack, moto, template};
use crate::process::Folder;
use ports::bars::Catalog;
use ports::blobs::Blobs;
use results::BlobCatalog;
use serde_json::{Value, json};
use std::process::{Command, Output};
use tests::program::binary;

/// The command in an empty environment and folder of its own: only what is said here reaches it.
fn command(folder: &Folder, environment: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder.path()).env_clear();
    command.env("HOME", folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ENDPOINT_URL", moto().endpoint());
    command.envs(environment.iter().copied());
    command
}

const SIGNED_IN: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", REGION)];

/// A deployed stack and the folder its operator sits in.
struct Operator {
    folder: Folder,
    stack: &'static str,
}

impl Operator {
    fn new(stack: &'static str) -> Self {
        create_stack(stack, &template(stack));
        let folder = Folder::new(stack);
        std::fs::create_dir_all(folder.path()).unwrap();
        Self { folder, stack }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        command(&self.folder, &SIGNED_IN, &[arguments, &["--stack", self.stack]].concat())
    }

    /// What a command that succeeds prints: its result, and what is beside it.
    fn run(&self, arguments: &[&str]) -> (String, String) {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
        (String::from_utf8(output.stdout.clone()).unwrap(), errors(&output))
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    async fn lake(&self) -> std::sync::Arc<aws::S3Blobs> {
        clients_at(&moto().endpoint()).await.blobs(&format!("{}-lake", self.stack))
    }
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Minutes of an afternoon.
fn bars(minutes: std::ops::Range<u32>) -> String {
    let row = |minute: u32| {
        let price = 5000.0 + f64::from(minute % 7) * 0.25;
        let (hour, rest) = (12 + minute / 60, minute % 60);
        format!("2024-03-05T{hour:02}:{rest:02}:00Z,{price},{},{},{price},{}\n", price + 0.5, price - 0.5, 10 + minute)
    };
    format!("timestamp,open,high,low,close,volume\n{}", minutes.map(row).collect::<String>())
}

#[tokio::test]
async fn imports_and_data() {
    let operator = Operator::new("operated-data");
    let (empty, beside) = operator.run(&["data"]);
    assert_eq!(empty, "");
    assert!(beside.contains("https://barlake.example/mcp") && beside.contains("import --demo"), "{beside}");
    let file = operator.write("bars.csv", &bars(0..60));
    let (dry, _) = operator.run(&["import", &file, "--symbol", "MES", "--dry-run"]);
    assert!(dry.contains("60 kept"), "{dry}");
    assert_eq!(operator.run(&["data", "--json"]).0.trim(), "[]");
    assert!(operator.run(&["import", &file, "--symbol", "MES"]).0.contains("60 bars added"));
    assert!(operator.run(&["import", &file, "--symbol", "MES"]).0.contains("nothing new"));
    operator.write("bars.csv", &bars(30..90));
    assert!(operator.run(&["import", &file, "--symbol", "MES"]).0.contains("30 bars added"));
    operator.run(&["import", "--demo"]);
    let listed: Value = serde_json::from_str(&operator.run(&["data", "--json"]).0).unwrap();
    assert_eq!(
        (&listed[0]["symbol"], &listed[1]["symbol"], &listed[1]["rows"]),
        (&json!("DEMO"), &json!("MES"), &json!(90))
    );
    assert!(operator.run(&["data"]).0.contains("MES"));
    let there = BlobCatalog::new(operator.lake().await).list().await.unwrap();
    assert_eq!(serde_json::to_value(there).unwrap(), listed);
    assert!(!operator.folder.path().join(".barlake").exists(), "nothing lies on this machine");
}

#[tokio::test]
async fn imports_at_the_same_time_lose_nothing() {
    let operator = Operator::new("operated-races");
    let files: Vec<String> =
        (0..4).map(|part| operator.write(&format!("{part}.csv"), &bars(part * 30..part * 30 + 40))).collect();
    let mut waiting = files;
    while !waiting.is_empty() {
        let start = |file: String| {
            let child =
                operator.command(&["import", &file, "--symbol", "MES"]).stderr(std::process::Stdio::piped()).spawn();
            (file, child.unwrap())
        };
        let running: Vec<_> = waiting.drain(..).map(start).collect();
        for (file, child) in running {
            let output = child.wait_with_output().unwrap();
            if !output.status.success() {
                assert!(errors(&output).contains("import them again"), "{}", errors(&output));
                waiting.push(file);
            }
        }
    }
    let listed: Value = serde_json::from_str(&operator.run(&["data", "--json"]).0).unwrap();
    assert_eq!(listed[0]["rows"], 130);
}

#[tokio::test]
async fn instruments_are_kept_beside_the_data() {
    let operator = Operator::new("operated-instruments");
    let terms = json!([{
        "symbol": "TIN", "name": "Tin", "asset_class": "future", "tick_size": 5, "point_value": 5, "currency": "USD",
        "quantity_step": 1, "time_zone": "America/New_York", "calendar": "cme_metals", "default_session": "full",
        "default_costs": { "slippage_ticks": 1 }
    }]);
    let good = operator.write("tin.json", &terms.to_string());
    let bad = operator.write("bad.json", r#"[{ "symbol": "TIN", "tick_size": "wide" }]"#);
    let refused = operator.command(&["import", "--instruments", &bad]).output().unwrap();
    assert!(!refused.status.success() && errors(&refused).contains("bad.json"), "{}", errors(&refused));
    assert_eq!(operator.lake().await.get("instruments.json").await.unwrap(), None);
    let file = operator.write("tin.csv", &bars(0..10));
    operator.run(&["import", &file, "--symbol", "TIN", "--instruments", &good]);
    let kept = operator.lake().await.get("instruments.json").await.unwrap().unwrap();
    assert_eq!(kept, terms.to_string());
    let listed: Value = serde_json::from_str(&operator.run(&["data", "--json"]).0).unwrap();
    assert_eq!(listed[0]["instrument"]["name"], "Tin");
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let operator = Operator::new("operated-keys");
    assert!(operator.run(&["keys", "list"]).1.contains("barlake --stack operated-keys keys create"));
    let (secret, beside) = operator.run(&["keys", "create", "--label", "laptop"]);
    assert!(secret.starts_with("bk_") && secret.lines().count() == 1, "{secret}");
    assert!(beside.contains("claude mcp add --transport http barlake https://barlake.example/mcp"), "{beside}");
    let (listed, _) = operator.run(&["keys", "list"]);
    assert!(listed.contains("active") && listed.contains("laptop"), "{listed}");
    let key_id = listed.split_whitespace().next().unwrap();
    operator.run(&["keys", "revoke", key_id]);
    assert!(operator.run(&["keys", "list"]).0.contains("revoked"));
    let other = operator.command(&["keys", "revoke", "key_nothing"]).output().unwrap();
    assert!(!other.status.success() && errors(&other).contains("not found"), "{}", errors(&other));
}

#[test]
fn sweeps_are_listed_and_looked_for() {
    let operator = Operator::new("operated-sweeps");
    let none: Value = serde_json::from_str(&operator.run(&["batches", "list", "--all", "--json"]).0).unwrap();
    assert_eq!(none["batches"], json!([]));
    operator.run(&["batches", "repair", "--all-stuck"]);
    let missing = operator.command(&["batches", "repair", "opt_x"]).output().unwrap();
    assert!(!missing.status.success() && errors(&missing).contains("opt_x"), "{}", errors(&missing));
}

/// A profile of single sign-on, over a session of the same name.
fn sso_profile(name: &str) -> String {
    format!(
        "[profile {name}]\nsso_session = {name}\nsso_account_id = 123456789012\nsso_role_name = Operator\n\
         region = us-east-1\n[sso-session {name}]\nsso_region = us-east-1\nsso_start_url = https://corp.example/start\n"
    )
}

/// Where the session `old` is kept: the name is its SHA-1.
const OLD_SESSION: &str = ".aws/sso/cache/c00dbbc9dadfbe1e232e93a729dd4752fade0abf.json";

#[test]
fn what_is_missing_comes_with_what_to_do() {
    let folder = Folder::new("operated-errors");
    std::fs::create_dir_all(folder.path().join(OLD_SESSION).parent().unwrap()).unwrap();
    std::fs::write(folder.path().join(".aws/config"), sso_profile("new") + &sso_profile("old")).unwrap();
    let session = json!({ "accessToken": "token", "expiresAt": "2020-01-01T00:00:00Z" });
    std::fs::write(folder.path().join(OLD_SESSION), session.to_string()).unwrap();
    let keys = &SIGNED_IN[..2];
    for (environment, arguments, parts) in [
        (&SIGNED_IN[..], &["data", "--stack", "nowhere"][..], &["no stack nowhere", REGION, "--region"][..]),
        (&SIGNED_IN, &["--region", "eu-west-3", "--stack", "nowhere", "data"], &["eu-west-3"]),
        (keys, &["data", "--stack", "nowhere"], &["no AWS region", "--region"]),
        (&SIGNED_IN[2..], &["data", "--stack", "nowhere"], &["no AWS credentials", "aws sso login"]),
        (
            &[("AWS_PROFILE", "new")],
            &["data", "--stack", "nowhere"],
            &["no AWS session, or it is over", "aws sso login"],
        ),
        (&[("AWS_PROFILE", "old")], &["data", "--stack", "nowhere"], &["the SSO token has expired", "aws sso login"]),
        (&SIGNED_IN, &["serve", "--stack", "nowhere"], &["`serve` runs on this machine", "--stack NAME data"]),
        (&SIGNED_IN, &["--stack", "nowhere"], &["`serve` runs on this machine"]),
        (&SIGNED_IN, &["demo", "--stack", "nowhere"], &["`demo` runs on this machine", "import --demo"]),
        (&SIGNED_IN, &["data", "--region", "eu-west-3"], &["--region goes with --stack"]),
    ] {
        let output = command(&folder, environment, arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        for part in parts {
            assert!(errors(&output).contains(part), "{arguments:?}: {part:?} is in {}", errors(&output));
        }
    }
    assert!(!folder.path().join(".barlake").exists());
}
