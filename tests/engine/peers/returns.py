"""Statistics of daily returns by empyrical-reloaded, quantstats, vectorbt and scipy; JSON in, JSON out.

Where a library defines a figure otherwise, its figure is turned into ours here; ENGINE.md 5.3 lists these differences.
"""
import json
import sys
import warnings

import empyrical
import numpy as np
import pandas as pd
import quantstats.stats as quantstats
import scipy.stats
import vectorbt  # noqa: F401  (registers the accessors)
from vectorbt.returns.metrics import deflated_sharpe_ratio

warnings.filterwarnings("ignore")


def once(alpha, year):
    """The intercept times days per year of an alpha that was compounded over a year."""
    return ((1 + alpha) ** (1 / year) - 1) * year


def over_calendar_days(growth, days, year, calendar_days):
    """A growth rate per 365.25 calendar days of one per `year` trading days."""
    return (1 + growth) ** (days / year * 365.25 / calendar_days) - 1


def biased_skew(skew, n):
    return skew * (n - 2) / np.sqrt(n * (n - 1))


def raw_kurtosis(excess, n):
    return ((excess * (n - 2) * (n - 3) / (n - 1)) - 6) / (n + 1) + 3


def figures(case):
    index = pd.date_range("2020-01-01", periods=len(case["returns"]), freq="D")
    own, market = (pd.Series(case[name], index) for name in ("returns", "market"))
    n, year, calendar_days = len(own), case["days_per_year"], case["calendar_days"]
    alpha, beta = empyrical.alpha_beta(own, market, annualization=year)
    greeks = quantstats.greeks(own, market, periods=year, prepare_returns=False)
    accessor = own.vbt.returns(freq="1D", year_freq=f"{year}D")
    per_day = case["deflation"]
    return {
        "empyrical": {
            "sharpeRatio": empyrical.sharpe_ratio(own, annualization=year),
            "sortinoRatio": empyrical.sortino_ratio(own, annualization=year),
            "annualVolatility": empyrical.annual_volatility(own, annualization=year),
            "valueAtRisk95": -empyrical.value_at_risk(own, cutoff=0.05),
            "maxDrawdownPercent": -empyrical.max_drawdown(own),
            "cagr": over_calendar_days(empyrical.cagr(own, annualization=year), n, year, calendar_days),
            "totalReturn": empyrical.cum_returns_final(own),
            "benchmark.sharpeRatio": empyrical.sharpe_ratio(market, annualization=year),
            "benchmark.maxDrawdownPercent": -empyrical.max_drawdown(market),
            "benchmark.totalReturn": empyrical.cum_returns_final(market),
            "benchmark.beta": beta,
            "benchmark.alpha": once(alpha, year),
        },
        "quantstats": {
            "sharpeRatio": quantstats.sharpe(own, periods=year),
            "sortinoRatio": quantstats.sortino(own, periods=year),
            "annualVolatility": quantstats.volatility(own, periods=year),
            "cagr": over_calendar_days(quantstats.cagr(own, periods=year), n, year, calendar_days),
            "skew": biased_skew(quantstats.skew(own), n),
            "kurtosis": raw_kurtosis(quantstats.kurtosis(own), n),
            "ulcerIndex": quantstats.ulcer_index(own) * np.sqrt((n - 1) / n),
            "bestDay": quantstats.best(own),
            "worstDay": quantstats.worst(own),
            "benchmark.sharpeRatio": quantstats.sharpe(market, periods=year),
            "benchmark.beta": greeks["beta"],
            "benchmark.alpha": greeks["alpha"],
        },
        "vectorbt": {
            "sharpeRatio": accessor.sharpe_ratio(),
            "sortinoRatio": accessor.sortino_ratio(),
            "annualVolatility": accessor.annualized_volatility(),
            "valueAtRisk95": -accessor.value_at_risk(),
            "maxDrawdownPercent": -accessor.max_drawdown(),
            "benchmark.beta": accessor.beta(market),
            "benchmark.alpha": once(accessor.alpha(market), year),
            "deflatedSharpe": deflated_sharpe_ratio(
                est_sharpe=per_day["sharpe"], var_sharpe=per_day["variance"], nb_trials=per_day["trials"],
                backtest_horizon=per_day["days"], skew=per_day["skew"], kurtosis=per_day["kurtosis"]),
        },
        "scipy": {
            "skew": scipy.stats.skew(own),
            "kurtosis": scipy.stats.kurtosis(own, fisher=False),
        },
    }


answers = [figures(case) for case in json.load(sys.stdin)]
json.dump([{library: {key: float(value) for key, value in table.items()} for library, table in answer.items()}
           for answer in answers], sys.stdout)
