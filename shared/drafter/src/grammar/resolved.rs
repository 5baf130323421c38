//! A canonical document without its parameters: every `$key` replaced by its value, so that changes meet plain numbers.

use serde_json::{Map, Value as Json};

/// The document with its parameters' values in their places.
pub(crate) fn resolved(document: &Json) -> Json {
    let mut values: Vec<(String, Json)> = document
        .get("parameters")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|parameter| {
            let key = parameter.get("key")?.as_str()?.to_owned();
            Some((key, parameter.get("value")?.clone()))
        })
        .collect();
    // A longer key first, so that `$stop` does not eat the beginning of `$stop_2`.
    values.sort_by_key(|(key, _)| std::cmp::Reverse(key.len()));
    let mut plain = replaced(document, &values);
    if let Some(map) = plain.as_object_mut() {
        map.remove("parameters");
    }
    plain
}

fn replaced(value: &Json, values: &[(String, Json)]) -> Json {
    match value {
        Json::String(text) => in_text(text, values),
        Json::Array(list) => Json::Array(list.iter().map(|one| replaced(one, values)).collect()),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(key, one)| (key.clone(), replaced(one, values))).collect::<Map<_, _>>())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}

fn in_text(text: &str, values: &[(String, Json)]) -> Json {
    if !text.contains('$') {
        return Json::from(text);
    }
    if let Some((_, value)) = values.iter().find(|(key, _)| text.strip_prefix('$') == Some(key)) {
        return value.clone();
    }
    let mut plain = text.to_owned();
    for (key, value) in values {
        let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        plain = plain.replace(&format!("${key}"), &written);
    }
    Json::from(plain)
}
