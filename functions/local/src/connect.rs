//! Ready-to-paste lines that connect a client to a server.

/// One line per client; `open` when no key is asked for.
pub(crate) fn client_lines(url: &str, open: bool) -> String {
    let (claude, codex, cursor) = if open {
        (String::new(), String::new(), String::new())
    } else {
        (
            " --header \"Authorization: Bearer YOUR_KEY\"".to_owned(),
            "\n              bearer_token_env_var = \"BARLAKE_KEY\"".to_owned(),
            r#", "headers": { "Authorization": "Bearer YOUR_KEY" }"#.to_owned(),
        )
    };
    format!(
        "  Claude Code  claude mcp add --transport http barlake {url}{claude}\n  \
         Codex        in ~/.codex/config.toml:\n              [mcp_servers.barlake]\n              url = \"{url}\"{codex}\n  \
         Cursor       in .cursor/mcp.json:\n              {{ \"mcpServers\": {{ \"barlake\": {{ \"url\": \"{url}\"{cursor} }} }} }}"
    )
}
