//! `barlake serve`: the HTTP edge, the message handlers and the admin port in one process, until asked to stop.

use crate::admin;
use crate::arguments::ServeOptions;
use crate::connect::client_lines;
use crate::data_folder::DataFolder;
use crate::demo_market;
use crate::terminal::say;
use crate::wiring::{self, Machine};
use app::{Caller, Settings};
use axum::Router;
use axum::extract::Request;
use domain::ids::TenantId;
use edge::{Access, Edge, EdgeConfig};
use embedded::Dispatcher;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long running work may take to finish when the server stops; what is cut off is done again at the next start.
const GRACE: Duration = Duration::from_secs(10);

/// What to do instead with a deployed stack.
pub(crate) const AT_A_STACK: &str =
    "a deployed stack serves by itself, at the address that `barlake --stack NAME data` shows";

/// A running server.
pub(crate) struct Server {
    /// Address of the MCP endpoint.
    pub(crate) url: String,
    machine: Machine,
    dispatcher: Dispatcher,
    admin: admin::Service,
    purge: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    http: JoinHandle<std::io::Result<()>>,
}

/// Starts a server.
pub(crate) async fn start(folder: &DataFolder, options: &ServeOptions) -> Result<Server, String> {
    let instruments = wiring::instruments(folder, options.instruments.as_deref())?;
    let listener = TcpListener::bind((options.host, options.port)).await.map_err(|error| {
        format!("cannot listen on {}:{}: {error}; choose another port with --port", options.host, options.port)
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let base = base_url(address);
    let app_url = options.app_url.clone().unwrap_or_else(|| base.clone());
    let threads = options.threads.unwrap_or_else(boot::compute_threads).max(1);
    let settings =
        Settings { app_url: app_url.trim_end_matches('/').to_owned(), threads, limits: options.limits.work_limits() };
    let machine = wiring::open(folder, instruments, settings)?;
    let access = access(&machine, options).await?;
    demo_market::ensure(folder, &machine.desk.instruments, machine.desk.catalog.as_ref()).await?;
    let config = EdgeConfig {
        app_url: machine.desk.settings.app_url.clone(),
        allowed_hosts: hosts(address, options),
        allowed_origins: options.allowed_origins.clone(),
        access,
        origin_secret: None,
    };
    let edge = Arc::new(Edge::new(machine.desk.clone(), config).map_err(|error| error.to_string())?);
    let (stop, stopped) = oneshot::channel::<()>();
    let http = tokio::spawn(async move {
        let router = Router::new().fallback(move |request: Request| {
            let edge = Arc::clone(&edge);
            async move { edge.handle(request).await }
        });
        let stopping = async {
            // A dropped sender stops the server just as a sent word does.
            let _ = stopped.await;
        };
        axum::serve(listener, router).with_graceful_shutdown(stopping).await
    });
    let dispatcher = machine.dispatch();
    let purge = machine.purge();
    let admin = admin::Service::start(folder, machine.desk.clone()).await?;
    Ok(Server { url: format!("{base}/mcp"), machine, dispatcher, admin, purge, stop, http })
}

fn base_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

fn hosts(address: SocketAddr, options: &ServeOptions) -> Vec<String> {
    let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
    if !address.ip().is_unspecified() {
        hosts.push(address.ip().to_string());
    }
    hosts.extend(options.allowed_hosts.iter().cloned());
    hosts
}

/// On loopback everybody is the local account; anywhere else keys are asked for, and there must be one.
async fn access(machine: &Machine, options: &ServeOptions) -> Result<Access, String> {
    if options.host.is_loopback() && !options.require_keys {
        return Ok(Access::Open(Caller { tenant: TenantId::local(), key_id: None }));
    }
    let keys = app::access::any(&machine.desk).await.map_err(|error| error.message)?;
    if keys {
        return Ok(Access::Keys);
    }
    Err(format!(
        "refusing to serve {} without access keys: make one first with `barlake keys create`, or serve on 127.0.0.1",
        options.host
    ))
}

impl Server {
    /// Stops taking requests and work, and waits a moment for what runs.
    pub(crate) async fn stop(self) -> Result<(), String> {
        let _ = self.stop.send(());
        self.admin.stop();
        self.purge.abort();
        let cut_off = self.dispatcher.shutdown(GRACE).await;
        if cut_off > 0 {
            tracing::warn!(cut_off, "work was cut off; it is done again at the next start");
        }
        drop(self.machine);
        match tokio::time::timeout(GRACE, self.http).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => Err(format!("the HTTP server failed: {error}")),
            Ok(Err(error)) => Err(format!("the HTTP server failed: {error}")),
            Err(_) => Ok(()),
        }
    }
}

/// Serves until interrupted.
pub(crate) async fn serve(folder: &DataFolder, options: &ServeOptions) -> Result<(), String> {
    let server = start(folder, options).await?;
    let open = options.host.is_loopback() && !options.require_keys;
    let pages = server.url.trim_end_matches("mcp");
    let clients = client_lines(&server.url, open);
    say(&format!(
        "Barlake serves MCP at {}\nPages are at {pages}sessions\n\n{clients}\n\nStop with Ctrl-C.",
        server.url
    ));
    interrupted().await;
    say("stopping…");
    server.stop().await
}

/// Waits for Ctrl-C or a termination signal.
pub(crate) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
