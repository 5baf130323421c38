//! Access keys: made once, listed, revoked, remembered for a minute.

use crate::client::refused;
use crate::harness::{Machine, caller, run};
use app::access::{self, KeyCache};
use domain::limits::KEYS_PER_TENANT_MAX;

#[test]
fn a_key_opens_its_account_until_it_is_revoked() {
    run(async {
        let machine = Machine::demo();
        let desk = &machine.calm;
        let tenant = caller("alice").tenant;
        assert!(!access::any(desk).await.unwrap());
        let key = access::create(desk, &tenant, "laptop\n").await.unwrap();
        assert!(access::any(desk).await.unwrap());
        assert!(access::is_well_formed(&key.secret));
        assert_eq!(key.record.label, "laptop");
        let cache = KeyCache::default();
        let found = cache.caller(desk, &key.secret).await.unwrap().unwrap();
        assert_eq!((&found.tenant, found.key_id), (&tenant, Some(key.record.key_id.clone())));
        let revoked = access::revoke(desk, &tenant, key.record.key_id.as_str()).await.unwrap();
        assert!(revoked.revoked);
        // A server that has seen the key notices within a minute; another at once.
        assert!(cache.caller(desk, &key.secret).await.unwrap().is_some());
        assert!(KeyCache::default().caller(desk, &key.secret).await.unwrap().is_none());
        machine.pass_seconds(59).await;
        assert!(cache.caller(desk, &key.secret).await.unwrap().is_some());
        machine.pass_seconds(1).await;
        assert!(cache.caller(desk, &key.secret).await.unwrap().is_none());
        assert!(access::revoke(desk, &tenant, key.record.key_id.as_str()).await.unwrap().revoked);
    });
}

#[test]
fn the_secret_is_not_stored() {
    run(async {
        let machine = Machine::demo();
        let tenant = caller("alice").tenant;
        let key = access::create(&machine.calm, &tenant, "laptop").await.unwrap();
        let digest = key.record.digest.clone();
        for partition in ["alice#keys".to_owned(), "keys#index".to_owned(), format!("key#{digest}")] {
            let records = machine.records(&partition).await;
            assert_eq!(records.len(), 1, "{partition}");
            assert!(!records[0].body.to_string().contains(&key.secret[3..27]), "{partition}");
        }
    });
}

#[test]
fn accounts_do_not_meet() {
    run(async {
        let machine = Machine::demo();
        let desk = &machine.calm;
        let (alice, bob) = (caller("alice").tenant, caller("bob").tenant);
        let key = access::create(desk, &alice, "a").await.unwrap();
        assert!(access::list(desk, &bob).await.unwrap().is_empty());
        refused(access::revoke(desk, &bob, key.record.key_id.as_str()).await, "not_found", &["key"]);
        refused(access::revoke(desk, &alice, "nonsense").await, "not_found", &["key"]);
        assert!(KeyCache::default().caller(desk, &key.secret).await.unwrap().is_some());
    });
}

#[test]
fn what_cannot_be_a_key_opens_nothing() {
    run(async {
        let machine = Machine::demo();
        let key = access::create(&machine.calm, &caller("alice").tenant, "a").await.unwrap().secret;
        let mut turned: Vec<char> = key.chars().collect();
        turned[5] = if turned[5] == 'a' { 'b' } else { 'a' };
        let turned: String = turned.into_iter().collect();
        let long = format!("{key}0");
        for wrong in
            ["", "bk_", "Bearer", turned.as_str(), long.as_str(), &key[1..], &key.to_uppercase(), "bk_éééééééééééééééé"]
        {
            assert!(!access::is_well_formed(wrong), "{wrong}");
            assert!(KeyCache::default().caller(&machine.calm, wrong).await.unwrap().is_none(), "{wrong}");
        }
    });
}

#[test]
fn live_keys_are_limited_and_revoked_ones_do_not_count() {
    run(async {
        let machine = Machine::demo();
        let (desk, tenant) = (&machine.calm, caller("alice").tenant);
        let mut first = None;
        for _ in 0..KEYS_PER_TENANT_MAX {
            let key = access::create(desk, &tenant, "x").await.unwrap();
            first.get_or_insert(key.record.key_id);
        }
        refused(access::create(desk, &tenant, "x").await, "limit_exceeded", &["KEYS_PER_TENANT_MAX", "100", "101"]);
        access::revoke(desk, &tenant, first.unwrap().as_str()).await.unwrap();
        access::create(desk, &tenant, "x").await.unwrap();
        assert_eq!(access::list(desk, &tenant).await.unwrap().len(), KEYS_PER_TENANT_MAX + 1);
    });
}
