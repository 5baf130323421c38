//! Resources: the pages of the rules-language guide, as `barlake://guide/{topic}`.

use rmcp::model::{ErrorData, ReadResourceResult, Resource, ResourceContents};

const PREFIX: &str = "barlake://guide/";

const MIME_TYPE: &str = "text/markdown";

/// Every page.
pub(crate) fn resources() -> Vec<Resource> {
    strategy::guide::topics()
        .into_iter()
        .map(|(topic, about)| {
            Resource::new(format!("{PREFIX}{topic}"), format!("rules-guide-{topic}"))
                .with_title(format!("Rules guide: {topic}"))
                .with_description(about)
                .with_mime_type(MIME_TYPE)
        })
        .collect()
}

/// One page.
///
/// # Errors
/// An address that is not one of ours, as the protocol reports it.
pub(crate) fn read(uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let text = uri.strip_prefix(PREFIX).and_then(|topic| strategy::guide::render(Some(topic)));
    let Some(text) = text else {
        let message = format!("no resource `{uri}`; resources/list names every page of the guide");
        return Err(ErrorData::resource_not_found(message, Some(serde_json::json!({ "uri": uri }))));
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(MIME_TYPE)]))
}
