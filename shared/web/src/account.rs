//! The account: its keys, and what it has used.

use crate::layout::{self, Page};
use crate::number;
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::web::Scene;
use app::AppError;
use app::access::{self, NewKey};
use app::account::{self, Usage};
use domain::access_key::AccessKey;
use domain::ids::KeyId;
use market::zone::format_utc;
use maud::{Markup, html};

/// The page; `made` is a key that was just created.
pub(crate) async fn page(scene: Scene<'_>, made: Option<&NewKey>) -> Result<Reply, AppError> {
    let caller = scene.caller();
    let used = account::usage(scene.desk, caller).await?;
    let keys = access::list(scene.desk, &caller.tenant).await?;
    let content = html! {
        h1 { "Account" }
        @if let Some(made) = made { (shown_once(made)) }
        section.card {
            h2 { "Keys" }
            p.muted { "A key opens this account to whoever has it. Revoking one ends every sign-in made with it." }
            (table(scene, &keys))
            form.filters method="post" action="/account/keys" {
                (layout::token(scene.visitor))
                label { span { "Name of a new key" } input name="label" maxlength="100" required placeholder="laptop"; }
                button.primary { "Create key" }
            }
        }
        (usage(&used))
    };
    Ok(scene.page(&Page::new("Account", Vec::new(), content)))
}

fn shown_once(made: &NewKey) -> Markup {
    html! {
        section.notice.good role="status" {
            h2 { "Your new key" }
            p { "Copy it now: it is not shown again." }
            p.secret { code #new-key { (made.secret) } " " button type="button" data-copy="new-key" { "Copy" } }
        }
    }
}

fn table(scene: Scene<'_>, keys: &[AccessKey]) -> Markup {
    let own = scene.caller().key_id.as_ref().map(KeyId::as_str);
    html! {
        @if keys.is_empty() { p { "No keys yet. On this machine none is needed; anywhere else clients bring one." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Keys" {
                table {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Key id" } th scope="col" { "Made" } th scope="col" { "State" } } }
                    tbody { @for key in keys { tr {
                        th scope="row" { bdi { (key.label) } @if own == Some(key.key_id.as_str()) { " (signed in with it)" } }
                        td { code { (key.key_id) } }
                        td { (format_utc(key.created_at).get(..10).unwrap_or_default()) }
                        td {
                            @if key.revoked { span.badge { "Revoked" } } @else {
                                form.inline method="post" action={ "/account/keys/" (key.key_id) "/revoke" }
                                    data-confirm={ "Revoke " (key.label) "? Clients that use it stop working." } {
                                    (layout::token(scene.visitor)) button.quiet { "Revoke" }
                                }
                            }
                        }
                    } } }
                }
            }
        }
    }
}

fn usage(used: &Usage) -> Markup {
    let whole = |count: usize| count as u64;
    let rows = [
        ("Sessions made", used.sessions_made, used.sessions_max),
        ("Sweeps running", whole(used.sweeps_running), whole(used.sweeps_max)),
        ("Work under way, combination-minutes", used.work_at_once, used.work_at_once_max),
        ("Work started today (UTC), combination-minutes", used.work_today, used.work_per_day_max),
    ];
    html! {
        section.card {
            h2 { "Usage" }
            p.muted { "A combination-minute is one parameter combination over one minute of data." }
            div.scroll tabindex="0" role="region" aria-label="Usage" {
                table {
                    thead { tr { th scope="col" { "What" } th.number scope="col" { "Used" } th.number scope="col" { "Limit" } } }
                    tbody {
                        @for (name, used, most) in rows {
                            tr { th scope="row" { (name) } td.number { (number::count(used)) } td.number { (number::count(most)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Makes a key and shows it, once.
pub(crate) async fn create(scene: Scene<'_>, form: &Query) -> Result<Reply, AppError> {
    let label = form.get("label").unwrap_or("made on the page");
    let made = access::create(scene.desk, &scene.caller().tenant, label).await?;
    page(scene, Some(&made)).await
}

/// Revokes a key.
pub(crate) async fn revoke(scene: Scene<'_>, key: &str) -> Result<Reply, AppError> {
    access::revoke(scene.desk, &scene.caller().tenant, key).await?;
    Ok(reply::see_other("/account"))
}
