//! What a model reads first: the workflow in a few sentences.

/// Instructions sent with discovery and `initialize`.
pub(crate) const INSTRUCTIONS: &str = "Barlake backtests trading strategies on minute data and sweeps their parameters. Workflow: \
1) create_session → session_id. \
2) create_strategy with session_id and rules (a JSON document; get_rules_guide teaches the language) or description (English) → operation_id, artifact_id; it is backtested by default. \
3) wait_for_completion (task strategy_op, operation_id). A wait with status timed_out is not a failure: call it again. \
4) get_backtest (artifact_id; include summary, trades or equity). \
5) setup_optimization (artifact_id, parameters with min/max/step or values) → optimization_id; run_optimization; wait_for_completion (task optimization); get_optimization for the ranking. \
update_strategy makes a new version, backtest_existing_strategy a what-if run, cancel_task stops work. \
list_instruments shows which symbols have data, get_contract_spec their terms. \
Every result has summary, next (what to call now) and, in a session, app_url: give the user that link for the charts. \
Report the assumptions (fills, costs, window, synthetic data) with any number. Errors say what to mend in next and problems.";
