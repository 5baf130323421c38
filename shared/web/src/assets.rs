//! Files of the pages: style, scripts, the chart library, the icon. Served under a name that changes with their content.

use crate::reply::{self, Reply};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file built into the program.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    body: &'static [u8],
}

const ASSETS: [Asset; 6] = [
    Asset { name: "app.css", media_type: "text/css; charset=utf-8", body: include_bytes!("../assets/app.css") },
    Asset { name: "app.js", media_type: "text/javascript; charset=utf-8", body: include_bytes!("../assets/app.js") },
    Asset {
        name: "charts.js",
        media_type: "text/javascript; charset=utf-8",
        body: include_bytes!("../assets/charts.js"),
    },
    Asset {
        name: "lightweight-charts.js",
        media_type: "text/javascript; charset=utf-8",
        body: include_bytes!("../assets/lightweight-charts/lightweight-charts.standalone.production.js"),
    },
    Asset { name: "icon.svg", media_type: "image/svg+xml", body: include_bytes!("../assets/icon.svg") },
    Asset {
        name: "lightweight-charts-license.txt",
        media_type: "text/plain; charset=utf-8",
        body: include_bytes!("../assets/lightweight-charts/LICENSE"),
    },
];

/// Hexadecimal digits of a content digest in a path.
const DIGEST_DIGITS: usize = 12;

/// Paths in the order of [`ASSETS`].
static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let path = |asset: &Asset| {
        let digest: String = Sha256::digest(asset.body).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("/assets/{}/{}", digest.get(..DIGEST_DIGITS).unwrap_or_default(), asset.name)
    };
    ASSETS.iter().map(path).collect()
});

/// Where a file lies.
pub(crate) fn path(name: &str) -> &'static str {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    place.and_then(|place| PATHS.get(place)).map_or("", String::as_str)
}

/// The file at a path.
pub(crate) fn at(path: &str) -> Option<Reply> {
    let place = PATHS.iter().position(|known| known == path)?;
    ASSETS.get(place).map(|asset| reply::asset(asset.media_type, asset.body))
}
