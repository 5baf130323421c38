//! `barlake`: the whole service in one process, and the operator's commands. It boots, wires and runs.

mod admin;
mod arguments;
mod batches;
mod connect;
mod data;
mod data_folder;
mod demo;
mod demo_market;
mod deployed;
mod import;
mod import_files;
mod keys;
mod place;
mod serve;
mod terminal;
mod wiring;

use arguments::{Arguments, Command};
use boot::telemetry::{self, LogFormat};
use clap::Parser;
use place::Place;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let format = if arguments.log_json { LogFormat::Json } else { LogFormat::Text };
    telemetry::start(format, arguments.verbose);
    boot::memory::keep_freed();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return terminal::fail(&format!("the runtime did not start: {error}")),
    };
    let outcome = runtime.block_on(run(arguments));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => terminal::fail(&message),
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let place = &arguments.place;
    match arguments.command.unwrap_or_default() {
        Command::Serve(options) => serve::serve(&Place::here(place, "serve", serve::AT_A_STACK)?, &options).await,
        Command::Demo(options) => demo::demo(&Place::here(place, "demo", demo::AT_A_STACK)?, &options).await,
        Command::Import(options) => import::import(&Place::find(place).await?, &options).await,
        Command::Data(options) => data::data(&Place::find(place).await?, &options).await,
        Command::Keys(command) => keys::keys(&Place::find(place).await?, &command).await,
        Command::Batches(command) => batches::batches(&Place::find(place).await?, &command).await,
    }
}
