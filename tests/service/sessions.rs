//! Sessions: titles, lists by status, pages, archiving.

use crate::client::refused;
use crate::harness::{Machine, run};
use app::session::StatusFilter;
use std::sync::atomic::Ordering;
use std::time::Duration;

async fn check_title(title: Option<&str>, expected: Result<&str, &str>) {
    let machine = Machine::demo();
    let client = machine.client("tenant");
    let made = client.create_session(title).await;
    match expected {
        Ok(expected) => {
            let session = client.get_session(&made.unwrap()).await.unwrap().session;
            assert_eq!((session.title.as_str(), session.status, session.strategy_count), (expected, "active", 0));
        }
        Err(says) => {
            refused(made, if says.contains("LIMIT") { "limit_exceeded" } else { "invalid" }, &[says]);
        }
    }
}

#[test]
fn titles() {
    run(async {
        let long = "x".repeat(201);
        check_title(Some("  Momentum  "), Ok("Momentum")).await;
        check_title(None, Ok("Session of 2026-01-01T00:00:00Z")).await;
        check_title(Some("  "), Ok("Session of 2026-01-01T00:00:00Z")).await;
        check_title(Some(&long[1..]), Ok(&long[1..])).await;
        check_title(Some("a\nb"), Err("control characters")).await;
        let machine = Machine::demo();
        refused(
            machine.client("tenant").create_session(Some(&long)).await,
            "limit_exceeded",
            &["TITLE_CHARACTERS_MAX", "200", "201"],
        );
    });
}

/// Sessions `0..count`, those in `archived` archived; gives the ids.
async fn some_sessions(machine: &Machine, count: usize, archived: impl Fn(usize) -> bool) -> Vec<String> {
    let client = machine.client("tenant");
    let mut ids = Vec::new();
    for number in 0..count {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let id = client.create_session(Some(&number.to_string())).await.unwrap();
        if archived(number) {
            let changed = client.update_session(&id, None, Some(true)).await.unwrap();
            assert_eq!(changed.session.status, "archived");
        }
        ids.push(id);
    }
    ids
}

/// Walks a list to its end; the titles of every page.
async fn pages(machine: &Machine, status: StatusFilter, limit: u64) -> Vec<Vec<String>> {
    let client = machine.client("tenant");
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let page = client.list_sessions(status, limit, cursor.as_deref()).await.unwrap();
        pages.push(page.sessions.into_iter().map(|session| session.title).collect());
        cursor = page.pagination.next_cursor;
        if cursor.is_none() {
            return pages;
        }
    }
}

#[test]
fn lists_page_newest_first_and_filter() {
    run(async {
        let machine = Machine::demo();
        some_sessions(&machine, 7, |number| number % 2 == 1).await;
        let check = async |status, limit, expected: &[&[&str]]| {
            let found = pages(&machine, status, limit).await;
            let filled: Vec<Vec<String>> = found.into_iter().filter(|page| !page.is_empty()).collect();
            assert_eq!(filled, expected, "{status:?} {limit}");
        };
        check(StatusFilter::Active, 2, &[&["6", "4"], &["2", "0"]]).await;
        check(StatusFilter::Archived, 2, &[&["5", "3"], &["1"]]).await;
        check(StatusFilter::All, 3, &[&["6", "5", "4"], &["3", "2", "1"], &["0"]]).await;
        check(StatusFilter::All, 100, &[&["6", "5", "4", "3", "2", "1", "0"]]).await;
        for limit in [0, 101] {
            refused(
                machine.client("tenant").list_sessions(StatusFilter::All, limit, None).await,
                "invalid",
                &["1 to 100"],
            );
        }
    });
}

#[test]
fn a_page_of_a_filtered_list_reads_a_bounded_number_of_records() {
    run(async {
        let mut machine = Machine::demo();
        some_sessions(&machine, 2_500, |number| number > 0).await;
        let (counted, reads) = crate::counting::counting(machine.calm.table.clone());
        machine.bench.desk.table = counted;
        let client = machine.client("tenant");
        let (mut found, mut cursor, mut calls) = (Vec::new(), None::<String>, 0);
        loop {
            let before = reads.queries.load(Ordering::SeqCst);
            let page = client.list_sessions(StatusFilter::Active, 1, cursor.as_deref()).await.unwrap();
            let queries = reads.queries.load(Ordering::SeqCst) - before;
            assert!(queries <= 10, "{queries} queries for a page of one session");
            found.extend(page.sessions.into_iter().map(|session| session.title));
            cursor = page.pagination.next_cursor;
            calls += 1;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!((found, calls > 1), (vec!["0".to_owned()], true));
    });
}

#[test]
fn updates() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let id = client.create_session(Some("old")).await.unwrap();
        assert_eq!(client.update_session(&id, Some("new"), None).await.unwrap().session.title, "new");
        assert_eq!(client.update_session(&id, None, Some(true)).await.unwrap().session.status, "archived");
        let back = client.update_session(&id, Some("again"), Some(false)).await.unwrap().session;
        assert_eq!((back.title.as_str(), back.status), ("again", "active"));
        refused(client.update_session(&id, None, None).await, "invalid", &["nothing to change"]);
        refused(client.update_session(&id, Some(" "), None).await, "invalid", &["empty"]);
        refused(client.update_session("ses_nothing", Some("x"), None).await, "not_found", &["list_sessions"]);
    });
}
