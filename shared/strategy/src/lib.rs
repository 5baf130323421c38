//! The rules language: text → syntax → checked plan, with diagnostics, indicators and parameters.
//!
//! [`check`] turns a document into a [`Strategy`] or says everything that is wrong with it. A [`Study`] binds a
//! strategy to data and one window and runs combinations of its parameters through the engine. Pure: it loads nothing
//! and knows no clock.

mod amounts;
mod check;
mod constraint;
mod costs;
mod diagnostic;
pub mod guide;
mod history;
pub mod indicators;
pub mod limits;
mod mirror;
mod rules;
mod schema;
mod strategy;
mod study;
mod syntax;
mod value;
mod window;
mod words;

pub use check::{check, check_text};
pub use constraint::ParameterConstraint;
pub use costs::{CostOverrides, CostTerms};
pub use diagnostic::Diagnostic;
pub use history::HistoryNeed;
pub use mirror::mirrored;
pub use schema::document_schema;
pub use strategy::{Parameter, Strategy};
pub use study::{Chart, ChartLine, FullRun, PriceTerms, RunError, RunTerms, Study, StudyData, StudyError, Summary};
pub use syntax::Span;
pub use value::{DAY_MINUTES, ParameterKind, ParameterValue, parse_time};
pub use window::{WindowError, WindowSpec, WindowUnit};
