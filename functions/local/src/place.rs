//! Where the operator's commands act: the data folder of this machine, with the server over it when one runs, or a
//! deployed stack.

use crate::admin::{self, Request};
use crate::arguments::PlaceOptions;
use crate::data_folder::DataFolder;
use crate::deployed::Deployed;
use crate::wiring;
use embedded::FolderBlobs;
use lake::{ObjectStore, Writers};
use market::Catalogue;
use results::BlobCatalog;
use serde_json::Value;
use std::fs::File;
use std::sync::Arc;

/// A place that holds records and market data.
pub(crate) enum Place {
    /// The data folder.
    Folder(DataFolder),
    /// A deployed stack.
    Stack(Box<Deployed>),
}

/// The lake of a place, open for writing.
pub(crate) struct OpenLake {
    /// Its objects.
    pub(crate) objects: Arc<dyn ObjectStore>,
    /// How other imports are kept apart.
    pub(crate) writers: Writers,
    /// Other imports into the folder wait until it is dropped.
    _lock: Option<File>,
}

impl Place {
    /// Finds the place the command line names.
    pub(crate) async fn find(options: &PlaceOptions) -> Result<Self, String> {
        match &options.stack {
            Some(name) => Ok(Self::Stack(Box::new(Deployed::find(name, options.region.clone()).await?))),
            None if options.region.is_some() => Err("--region goes with --stack NAME".to_owned()),
            None => Ok(Self::Folder(DataFolder::open(&options.data_dir)?)),
        }
    }

    /// The data folder, for what runs on this machine only; `instead` says what to do with a stack.
    pub(crate) fn here(options: &PlaceOptions, command: &str, instead: &str) -> Result<DataFolder, String> {
        if options.stack.is_some() || options.region.is_some() {
            return Err(format!("`{command}` runs on this machine and takes no --stack or --region: {instead}"));
        }
        DataFolder::open(&options.data_dir)
    }

    /// The deployed stack, if it is one.
    pub(crate) fn stack(&self) -> Option<&Deployed> {
        match self {
            Self::Folder(_) => None,
            Self::Stack(deployed) => Some(deployed),
        }
    }

    /// The built-in instruments with the operator's merged over them.
    pub(crate) async fn instruments(&self) -> Result<Catalogue, String> {
        match self {
            Self::Folder(folder) => wiring::instruments(folder, None),
            Self::Stack(deployed) => deployed.instruments().await,
        }
    }

    /// Keeps the operator's instruments, in place of those kept before.
    pub(crate) async fn keep_instruments(&self, text: String) -> Result<(), String> {
        match self {
            Self::Folder(folder) => folder.keep_instruments(&text),
            Self::Stack(deployed) => deployed.keep_instruments(text).await,
        }
    }

    /// Which series there are.
    pub(crate) fn catalog(&self) -> Result<BlobCatalog, String> {
        match self {
            Self::Folder(folder) => {
                let blobs = FolderBlobs::open(&folder.objects()).map_err(|error| error.to_string())?;
                Ok(BlobCatalog::new(Arc::new(blobs)))
            }
            Self::Stack(deployed) => Ok(deployed.catalog()),
        }
    }

    /// Opens the lake for writing, when other imports into the same folder have ended.
    pub(crate) fn open_lake(&self) -> Result<OpenLake, String> {
        match self {
            Self::Folder(folder) => {
                let lock = folder.lock_imports()?;
                let objects = lake::local_store(&folder.objects()).map_err(|error| error.to_string())?;
                Ok(OpenLake { objects, writers: Writers::OneAtATime, _lock: Some(lock) })
            }
            Self::Stack(deployed) => Ok(OpenLake { objects: deployed.lake()?, writers: Writers::MayRace, _lock: None }),
        }
    }

    /// Answers a request about the records: through the running server when there is one, else on the records directly.
    pub(crate) async fn ask(&self, request: Request) -> Result<Value, String> {
        let folder = match self {
            Self::Folder(folder) => folder,
            Self::Stack(deployed) => return admin::answer(&deployed.desk(), &request).await,
        };
        if let Some(answer) = admin::ask(folder, &request).await? {
            return Ok(answer);
        }
        let instruments = wiring::instruments(folder, None)?;
        let machine = wiring::open(folder, instruments, wiring::quiet_settings())?;
        admin::answer(&machine.desk, &request).await
    }
}
