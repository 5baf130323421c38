//! The pages behind `app_url`: what was built, how it did, and what may be done with it.
//!
//! HTML is written on the server from the same use cases that tools call; scripts only draw charts, keep running work up to date
//! and reload parts of a page. Nothing is loaded from anywhere else.

mod account;
mod assets;
mod backtest;
mod compare;
mod csv;
mod distribution;
mod flow;
mod layout;
mod metrics;
mod number;
mod query;
mod reply;
mod series;
mod session;
mod sessions;
mod sign_in;
mod strategy_card;
mod surface;
mod sweep;
mod trades;
mod visitor;
mod web;

pub use web::{Visit, Web, wants_page};
