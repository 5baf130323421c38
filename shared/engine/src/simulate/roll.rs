//! A position held into a minute whose offset differs from the minute before: the old contract is left, the new one entered.

use super::minute::Minute;
use super::recorder::Recorder;
use super::state::Simulation;
use crate::contract::convert;
use crate::error::EngineError;
use crate::levels::shifted;

impl<R: Recorder> Simulation<'_, R> {
    /// Two fills, at the old contract's last raw close and the new one's first raw open: two commissions, two slippages.
    pub(super) fn pay_roll(&mut self, minute: &Minute) -> Result<(), EngineError> {
        if self.position.as_ref().is_none_or(|position| position.offset == minute.offset) {
            return Ok(());
        }
        let (Some(mut position), Some(previous)) = (self.position.take(), self.previous(minute)) else { return Ok(()) };
        let sign = position.side.sign();
        let rate = self.rate(minute.index);
        let old = previous.close - previous.offset;
        let new = minute.open - minute.offset;
        let old_slippage = self.contract.slippage(old, self.spread(previous.index))?;
        let new_slippage = self.contract.slippage(new, self.spread(minute.index))?;
        let leave = self.contract.commission(position.quantity, shifted(old, -sign * old_slippage)?)?;
        let enter = self.contract.commission(position.quantity, shifted(new, sign * new_slippage)?)?;
        let commission = convert(leave, rate)?.plus(convert(enter, rate)?)?;
        let slippage = position.value.money(old_slippage + new_slippage, rate)?;
        position.commission = position.commission.plus(commission)?;
        position.roll_slippage = position.roll_slippage.plus(slippage)?;
        position.rolls += 1;
        position.offset = minute.offset;
        self.position = Some(position);
        self.pay(commission)?;
        self.pay(slippage)
    }
}
