//! A function's settings: its environment, read once, every problem reported at once by the name of its variable.

use crate::machine::{threads_of, warm_bytes_of};
use crate::reader::Reader;
use ports::drafter::Provider;
use ports::queue::QueueUrls;

/// Which functions read a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Every function.
    All,
    /// The one that answers requests.
    Api,
    /// The ones that handle messages.
    Handlers,
    /// The one that builds strategies.
    Builder,
}

/// A variable of the functions' environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Who reads it.
    pub readers: Readers,
    /// Whether a function refuses to start without it.
    pub required: bool,
}

const fn variable(name: &'static str, readers: Readers, required: bool) -> Variable {
    Variable { name, readers, required }
}

/// Every variable that the template sets. The platform's own (region, credentials, memory, endpoints) are not among them.
pub const VARIABLES: [Variable; 19] = [
    variable("TABLE_NAME", Readers::All, true),
    variable("LAKE_BUCKET", Readers::All, true),
    variable("RESULTS_BUCKET", Readers::All, true),
    variable("BUILDS_QUEUE_URL", Readers::All, true),
    variable("BACKTESTS_QUEUE_URL", Readers::All, true),
    variable("STEPS_QUEUE_URL", Readers::All, true),
    variable("UNITS_QUEUE_URL", Readers::All, true),
    variable("DEAD_LETTERS_QUEUE_URL", Readers::All, true),
    variable(crate::telemetry::LOG_VARIABLE, Readers::All, false),
    variable("FUNCTION_TIMEOUT_SECONDS", Readers::Handlers, true),
    variable("DRAFTING_PROVIDER", Readers::Builder, false),
    variable("BEDROCK_MODEL_ID", Readers::Builder, false),
    variable("APP_URL", Readers::Api, false),
    variable("ALLOWED_HOSTS", Readers::Api, false),
    variable("ALLOWED_ORIGINS", Readers::Api, false),
    variable("ORIGIN_SECRET", Readers::Api, false),
    variable("SWEEP_COMBINATIONS_MAX", Readers::Api, false),
    variable("TENANT_WORK_AT_ONCE_MAX", Readers::Api, false),
    variable("TENANT_WORK_PER_DAY_MAX", Readers::Api, false),
];

/// Set by the platform: memory of the function, megabytes.
const MEMORY_VARIABLE: &str = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";

/// Memory taken where the platform says nothing, megabytes: one processor.
const MEMORY_MB_DEFAULT: usize = 1_769;

/// Every problem of an environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment is not usable: {}", .problems.join("; "))]
pub struct ConfigError {
    /// One sentence each, naming its variable.
    pub problems: Vec<String>,
}

/// What every function needs: where the stack keeps things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackConfig {
    /// Table of the records.
    pub table_name: String,
    /// Bucket of the lake.
    pub lake_bucket: String,
    /// Bucket of results.
    pub results_bucket: String,
    /// The queues.
    pub queues: QueueUrls,
    /// Memory of the function, megabytes.
    pub memory_mb: usize,
}

/// Settings of what handles messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerConfig {
    /// The stack.
    pub stack: StackConfig,
    /// The function's configured timeout.
    pub timeout_seconds: u32,
    /// Who reads strategies in English, where it builds them.
    pub drafting: DraftingConfig,
}

/// Who reads strategies in English.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftingConfig {
    /// Provider of calls that name none; the grammar where it is not set.
    pub provider: Provider,
    /// Model or inference profile on Bedrock; without one no model is asked.
    pub model_id: Option<String>,
}

/// Limits on work, where the operator sets them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkConfig {
    /// Combinations of one sweep.
    pub sweep_combinations_max: Option<u64>,
    /// Combination-minutes of one tenant at once.
    pub tenant_work_at_once_max: Option<u64>,
    /// Combination-minutes of one tenant in a day.
    pub tenant_work_per_day_max: Option<u64>,
}

/// Settings of what answers requests.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiConfig {
    /// The stack.
    pub stack: StackConfig,
    /// Base of links without a trailing slash; `None` where requests say it.
    pub app_url: Option<String>,
    /// Hosts requests may name; empty where requests say it.
    pub allowed_hosts: Vec<String>,
    /// Origins browsers may call from.
    pub allowed_origins: Vec<String>,
    /// What a request must bring that comes through the operator's own front.
    pub origin_secret: Option<String>,
    /// Limits on work.
    pub work: WorkConfig,
}

impl StackConfig {
    /// Threads for computing.
    #[must_use]
    pub const fn threads(&self) -> usize {
        threads_of(self.memory_mb)
    }

    /// Bytes of bars, and again of studies, kept warm.
    #[must_use]
    pub const fn warm_bytes(&self) -> usize {
        warm_bytes_of(self.memory_mb)
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            table_name: reader.required("TABLE_NAME"),
            lake_bucket: reader.required("LAKE_BUCKET"),
            results_bucket: reader.required("RESULTS_BUCKET"),
            queues: QueueUrls {
                builds: reader.required("BUILDS_QUEUE_URL"),
                backtests: reader.required("BACKTESTS_QUEUE_URL"),
                steps: reader.required("STEPS_QUEUE_URL"),
                units: reader.required("UNITS_QUEUE_URL"),
                dead_letters: reader.required("DEAD_LETTERS_QUEUE_URL"),
            },
            memory_mb: reader.number(MEMORY_VARIABLE).unwrap_or(MEMORY_MB_DEFAULT),
        }
    }
}

impl DraftingConfig {
    fn read(reader: &mut Reader<'_>) -> Self {
        let name = reader.optional("DRAFTING_PROVIDER").unwrap_or_else(|| "grammar".to_owned());
        let model_id = reader.optional("BEDROCK_MODEL_ID");
        let provider = Provider::named(&name).unwrap_or_else(|| {
            reader.problem(format!("DRAFTING_PROVIDER is `{name}`; use grammar, bedrock or auto"));
            Provider::Grammar
        });
        if provider != Provider::Grammar && model_id.is_none() {
            reader.problem(format!("DRAFTING_PROVIDER is `{name}`, which needs BEDROCK_MODEL_ID"));
        }
        Self { provider, model_id }
    }
}

impl HandlerConfig {
    /// Reads the environment of a function that handles messages.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(variables: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(variables);
        let stack = StackConfig::read(&mut reader);
        reader.required("FUNCTION_TIMEOUT_SECONDS");
        let timeout_seconds = reader.number("FUNCTION_TIMEOUT_SECONDS").unwrap_or_default();
        let drafting = DraftingConfig::read(&mut reader);
        reader.finish(Self { stack, timeout_seconds, drafting })
    }

    /// The same from this process's environment.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&environment)
    }
}

impl ApiConfig {
    /// Reads the environment of the function that answers requests.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(variables: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(variables);
        let config = Self {
            stack: StackConfig::read(&mut reader),
            app_url: reader.url("APP_URL"),
            allowed_hosts: reader.list("ALLOWED_HOSTS"),
            allowed_origins: reader.list("ALLOWED_ORIGINS"),
            origin_secret: reader.optional("ORIGIN_SECRET"),
            work: WorkConfig {
                sweep_combinations_max: reader.number("SWEEP_COMBINATIONS_MAX"),
                tenant_work_at_once_max: reader.number("TENANT_WORK_AT_ONCE_MAX"),
                tenant_work_per_day_max: reader.number("TENANT_WORK_PER_DAY_MAX"),
            },
        };
        reader.finish(config)
    }

    /// The same from this process's environment.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&environment)
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
