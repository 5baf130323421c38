//! Prompts: one, that walks a model through the whole workflow.

use rmcp::model::{ErrorData, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};

const NAME: &str = "build_backtest_and_sweep";

const DESCRIPTION: &str = "Build a strategy, backtest it and sweep its parameters, then report what holds up.";

/// Longest argument, characters.
const ARGUMENT_CHARACTERS_MAX: usize = 4_000;

/// Every prompt.
pub(crate) fn prompts() -> Vec<Prompt> {
    let arguments = vec![
        PromptArgument::new("idea")
            .with_title("Idea")
            .with_description("The trading idea, in plain words")
            .with_required(true),
        PromptArgument::new("market")
            .with_title("Market")
            .with_description("Symbol to trade; the synthetic DEMO market when absent")
            .with_required(false),
    ];
    let prompt = Prompt::new(NAME, Some(DESCRIPTION), Some(arguments));
    vec![prompt.with_title("Build, backtest and sweep a strategy")]
}

/// A prompt filled in.
///
/// # Errors
/// An unknown prompt, a missing or too long argument.
pub(crate) fn fill(name: &str, arguments: Option<&Map<String, Value>>) -> Result<GetPromptResult, ErrorData> {
    if name != NAME {
        return Err(ErrorData::invalid_params(format!("unknown prompt `{name}`; there is `{NAME}`"), None));
    }
    let argument = |key: &str| arguments.and_then(|given| given.get(key)).and_then(Value::as_str).map(str::trim);
    let Some(idea) = argument("idea").filter(|idea| !idea.is_empty()) else {
        return Err(ErrorData::invalid_params("the prompt needs `idea`: the trading idea in plain words", None));
    };
    let market = argument("market").filter(|market| !market.is_empty()).unwrap_or("DEMO");
    if idea.chars().count() > ARGUMENT_CHARACTERS_MAX || market.chars().count() > ARGUMENT_CHARACTERS_MAX {
        let message = format!("prompt arguments may have {ARGUMENT_CHARACTERS_MAX} characters");
        return Err(ErrorData::invalid_params(message, None));
    }
    let text = format!(
        "Build and test this trading idea on {market} with the Barlake tools:\n\n{idea}\n\n\
         1. Read get_rules_guide (overview, then examples) and check {market} with list_instruments and get_contract_spec.\n\
         2. create_session, then create_strategy with a rules document whose tunable numbers are parameters.\n\
         3. wait_for_completion (task strategy_op; timed_out means call again), then get_backtest.\n\
         4. setup_optimization over two or three parameters with holdout 0.25 and a tradeCount constraint; run_optimization; wait_for_completion; get_optimization with a heat_map.\n\
         5. Report: the rules in words, the backtest's key numbers with its assumptions, the best combinations and whether the holdout, the robustness figures and their flags confirm them, and the app_url link. \
         Say plainly when nothing holds up."
    );
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(DESCRIPTION))
}
