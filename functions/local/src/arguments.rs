//! The command line.

use app::WorkLimits;
use clap::{ArgGroup, Args, Parser, Subcommand};
use domain::limits::{PAGE_ROWS_MAX, STUCK_MINUTES};
use std::net::IpAddr;
use std::path::PathBuf;

/// A backtesting backend for AI clients: an MCP server with its data lake, on one machine or deployed to AWS.
#[derive(Debug, Parser)]
#[command(
    name = "barlake",
    version,
    about,
    after_help = "Without a command the server is started: `barlake serve`.\nWith --stack NAME the commands import, data, keys and batches act on a stack deployed to AWS."
)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Where it acts.
    #[command(flatten)]
    pub(crate) place: PlaceOptions,
    /// Log what happens, not only what goes wrong (BARLAKE_LOG holds a finer filter).
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Log as JSON lines.
    #[arg(long, global = true)]
    pub(crate) log_json: bool,
}

/// Where a command acts.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlaceOptions {
    /// Folder of records, results and market data.
    #[arg(long, global = true, default_value = ".barlake", env = "BARLAKE_DATA_DIR", value_name = "FOLDER")]
    pub(crate) data_dir: PathBuf,
    /// Act on a deployed stack of this name instead of the data folder (import, data, keys, batches), with your AWS credentials:
    /// environment, AWS_PROFILE, single sign-on.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// Region of the stack; when absent AWS_REGION's or the profile's.
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the MCP server (the default).
    Serve(ServeOptions),
    /// Drive a server through its main job: session, strategy, backtest, 1,000-combination sweep.
    Demo(DemoOptions),
    /// Import market data from files of any supported vendor.
    Import(ImportOptions),
    /// List the stored market data.
    Data(DataOptions),
    /// Create, list and revoke access keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// List running sweeps of every account, and send again what a stuck one lacks.
    #[command(subcommand)]
    Batches(BatchesCommand),
}

impl Default for Command {
    fn default() -> Self {
        Self::Serve(ServeOptions::default())
    }
}

/// Port without `--port`.
pub(crate) const DEFAULT_PORT: u16 = 8787;

/// Options of `serve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeOptions {
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    pub(crate) port: u16,
    /// Address to listen on. Anything but loopback needs at least one access key.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Base of the links in answers; the server's own address when absent.
    #[arg(long, env = "BARLAKE_APP_URL", value_name = "URL")]
    pub(crate) app_url: Option<String>,
    /// Host name clients may use besides loopback; repeat for several.
    #[arg(long = "allowed-host", value_name = "HOST")]
    pub(crate) allowed_hosts: Vec<String>,
    /// Browser origin that may call the server; repeat for several.
    #[arg(long = "allowed-origin", value_name = "ORIGIN")]
    pub(crate) allowed_origins: Vec<String>,
    /// Ask for an access key even on loopback.
    #[arg(long)]
    pub(crate) require_keys: bool,
    /// Threads for computing; every processor when absent.
    #[arg(long, env = "BARLAKE_THREADS")]
    pub(crate) threads: Option<usize>,
    /// Operator's instruments (JSON), merged over the built-in ones; `instruments.json` in the data folder when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) instruments: Option<PathBuf>,
    /// Limits on work.
    #[command(flatten)]
    pub(crate) limits: LimitOptions,
}

/// Limits on the work of sweeps; the service's own when absent.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LimitOptions {
    /// Most combinations of one sweep.
    #[arg(long, env = "BARLAKE_SWEEP_COMBINATIONS_MAX", value_name = "COMBINATIONS")]
    sweep_combinations_max: Option<u64>,
    /// Most work of an account's running sweeps together, in combination-minutes (combinations × simulated minutes).
    #[arg(long, env = "BARLAKE_TENANT_WORK_AT_ONCE", value_name = "COMBINATION_MINUTES")]
    tenant_work_at_once: Option<u64>,
    /// Most work of the sweeps an account starts in one day of UTC, in combination-minutes.
    #[arg(long, env = "BARLAKE_TENANT_WORK_PER_DAY", value_name = "COMBINATION_MINUTES")]
    tenant_work_per_day: Option<u64>,
}

impl LimitOptions {
    /// The limits, with the service's own where none was given.
    pub(crate) fn work_limits(&self) -> WorkLimits {
        WorkLimits::new(self.sweep_combinations_max, self.tenant_work_at_once, self.tenant_work_per_day)
    }
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            host: IpAddr::from([127, 0, 0, 1]),
            app_url: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            require_keys: false,
            threads: None,
            instruments: None,
            limits: LimitOptions::default(),
        }
    }
}

/// Options of `demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoOptions {
    /// Go on serving when the demo is over.
    #[arg(long)]
    pub(crate) keep_serving: bool,
    /// Drive a server that runs already, for example http://127.0.0.1:8787/mcp, instead of starting one.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Port of the server the demo starts; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
}

/// Options of `import`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImportOptions {
    /// Files or folders (read with their subfolders).
    #[arg(required_unless_present_any = ["instruments", "demo"], value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Symbol to store the bars under, for example ES, EURUSD, SPY.
    #[arg(long)]
    pub(crate) symbol: Option<String>,
    /// Vendor format; detected when absent.
    #[arg(long)]
    pub(crate) format: Option<importers::Format>,
    /// Time zone of the file's clock, for example America/Chicago, UTC-5, EST (fixed).
    #[arg(long = "tz", value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Whether a bar is labelled by its open or its close time.
    #[arg(long)]
    pub(crate) label: Option<importers::Label>,
    /// Which side of the market the prices are: trade, bid, ask or mid.
    #[arg(long, value_parser = parse_price_side)]
    pub(crate) price_side: Option<market::PriceSide>,
    /// Column map of a CSV, for example ts,open,high,low,close,volume (`skip` leaves a column out).
    #[arg(long, value_name = "NAMES")]
    pub(crate) columns: Option<String>,
    /// Field delimiter, one character; `tab` for a tab.
    #[arg(long, value_parser = parse_delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Order of day and month in dates that do not start with the year: mdy, dmy or ymd.
    #[arg(long)]
    pub(crate) date_order: Option<importers::DateOrder>,
    /// Length of a bar in minutes, when the file does not show it.
    #[arg(long, value_name = "MINUTES")]
    pub(crate) resolution: Option<u32>,
    /// Operator's instruments (JSON), merged over the built-in ones: kept as `instruments.json` in place of what was
    /// there, and used for this import.
    #[arg(long, value_name = "FILE")]
    pub(crate) instruments: Option<PathBuf>,
    /// Store DEMO, the synthetic market (a year of minutes; not real prices).
    #[arg(long)]
    pub(crate) demo: bool,
    /// Read and report, but store nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Options of `data`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataOptions {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Commands of `keys`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key; it is shown once.
    Create {
        /// Account the key opens.
        #[arg(long, default_value = "local")]
        tenant: String,
        /// What the key is for.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the keys of an account.
    List {
        /// The account.
        #[arg(long, default_value = "local")]
        tenant: String,
    },
    /// Revoke a key; running servers notice within a minute.
    Revoke {
        /// The key's id, as `keys list` shows it.
        key_id: String,
        /// The account.
        #[arg(long, default_value = "local")]
        tenant: String,
    },
}

/// Commands of `batches`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum BatchesCommand {
    /// List sweeps with their age and progress: those under way unless asked for all.
    List {
        /// Only this account's.
        #[arg(long)]
        tenant: Option<String>,
        /// Also sweeps that have not started or have ended.
        #[arg(long)]
        all: bool,
        /// Most sweeps to list.
        #[arg(long, default_value_t = PAGE_ROWS_MAX)]
        limit: u64,
        /// Go on after an earlier list, which said with what.
        #[arg(long)]
        cursor: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Send the messages of a sweep again; harmless to one that is well.
    #[command(group(ArgGroup::new("which").required(true).args(["batches", "all_stuck"])))]
    Repair {
        /// The sweeps, as `batches list` shows them.
        #[arg(value_name = "BATCH")]
        batches: Vec<String>,
        /// Every sweep without progress for some minutes.
        #[arg(long)]
        all_stuck: bool,
        /// Minutes without progress that make a sweep stuck.
        #[arg(long, default_value_t = STUCK_MINUTES, value_name = "MINUTES")]
        stuck_minutes: u32,
        /// Only this account's.
        #[arg(long)]
        tenant: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

fn parse_price_side(word: &str) -> Result<market::PriceSide, String> {
    match word {
        "trade" => Ok(market::PriceSide::Trade),
        "bid" => Ok(market::PriceSide::Bid),
        "ask" => Ok(market::PriceSide::Ask),
        "mid" => Ok(market::PriceSide::Mid),
        other => Err(format!("`{other}` is not a price side: use trade, bid, ask or mid")),
    }
}

fn parse_delimiter(word: &str) -> Result<u8, String> {
    match word.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [one] if one.is_ascii() => Ok(*one),
        _ => Err(format!("`{word}` is not one character")),
    }
}
