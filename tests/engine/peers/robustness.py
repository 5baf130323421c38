"""Deflated Sharpe ratio and PBO by CSCV, written from the papers; JSON in, JSON out.

Bailey and Lopez de Prado (2014), equations 1 and 2; Bailey, Borwein, Lopez de Prado and Zhu (2017), section 2.2. Every Sharpe
ratio is computed from the returns themselves; ranks and quantiles are scipy's.
"""
import json
import sys
from itertools import combinations

import numpy as np
from scipy.stats import norm, rankdata

EULER = 0.5772156649015329


def sharpe(returns):
    deviation = returns.std(axis=0, ddof=1)
    varied = returns.max(axis=0) != returns.min(axis=0)
    return np.where(varied, returns.mean(axis=0) / np.where(varied, deviation, 1.0), 0.0)


def pbo(trials, blocks):
    matrix = np.asarray(trials).T
    days = matrix.shape[0]
    parts = [matrix[block * days // blocks:(block + 1) * days // blocks] for block in range(blocks)]
    overfitted = []
    for chosen in combinations(range(blocks), blocks // 2):
        inside = sharpe(np.concatenate([parts[block] for block in chosen]))
        outside = sharpe(np.concatenate([parts[block] for block in range(blocks) if block not in chosen]))
        share = rankdata(outside)[np.argmax(inside)] / (len(outside) + 1)
        overfitted.append(np.log(share / (1 - share)) <= 0)
    return float(np.mean(overfitted))


def deflated(of, trials):
    luck = np.sqrt(of["variance"]) * ((1 - EULER) * norm.isf(1 / trials) + EULER * norm.isf(1 / (trials * np.e)))
    spread = np.sqrt(1 - of["skew"] * of["sharpe"] + (of["kurtosis"] - 1) / 4 * of["sharpe"] ** 2)
    return float(norm.cdf((of["sharpe"] - luck) * np.sqrt(of["days"] - 1) / spread))


request = json.load(sys.stdin)
json.dump({"pbo": [pbo(trials, request["blocks"]) for trials in request["sweeps"]],
           "deflated": [deflated(of, trials) for of, trials in request["deflations"]]}, sys.stdout)
