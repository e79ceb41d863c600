"""
Mistakes in the tasks of the two assignments on group fairness, each with the check that teaches it,
and other right answers.

A mistake is the reference with some text replaced, given as (check, what it is, old, new, …), or a
whole answer, given as (check, what it is, code).
"""

MISTAKES: dict[str, list[tuple[str, ...]]] = {
    "a1": [
        ("A1.random", "0.8 whatever the data", "def accuracy(y_true, y_pred):\n    return 0.8\n"),
        ("A1.random", "divides by a typed-in 5", "right / len(y_true)", "right / 5"),
        ("A1.seed", "whole-number division", "right / len(y_true)", "right // len(y_true)"),
        (
            "A1.empty",
            "ZeroDivisionError without rows",
            "    if len(y_true) == 0:\n        return None\n",
            "",
        ),
        (
            "A1.length",
            "zip drops rows of the longer list",
            "def accuracy(y_true, y_pred):\n"
            "    pairs = list(zip(y_true, y_pred))\n"
            "    return sum(a == b for a, b in pairs) / len(pairs) if pairs else None\n",
        ),
        (
            "A1.symmetry",
            "counts the hits on 1 only",
            "if y_true[i] == y_pred[i]:",
            "if y_true[i] == y_pred[i] == 1:",
        ),
        (
            "A1.zero",
            "`or None` turns 0.0 into None",
            "return right / len(y_true)",
            "return right / len(y_true) or None",
        ),
    ],
    "a2": [
        ("A2.random", "the names A and B typed in", "sorted(set(groups))", '["A", "B"]'),
        (
            "A2.whole",
            "divides by all rows",
            "accuracy([y_true[i] for i in rows], [y_pred[i] for i in rows])",
            "sum(y_true[i] == y_pred[i] for i in rows) / len(y_true)",
        ),
        (
            "A2.random",
            "counts right rows only: all-wrong groups vanish",
            "def accuracy_by_group(y_true, y_pred, groups):\n"
            "    right = {}\n"
            "    for t, p, g in zip(y_true, y_pred, groups):\n"
            "        if t == p:\n"
            "            right[g] = right.get(g, 0) + 1\n"
            "    return {g: {'accuracy': right[g] / groups.count(g), 'count': groups.count(g)}"
            " for g in right}\n",
        ),
        (
            "A2.rename",
            "groupby without sorting",
            "import itertools\n\n\n"
            "def accuracy_by_group(y_true, y_pred, groups):\n"
            "    rows = zip(y_true, y_pred, groups)\n"
            "    result = {}\n"
            "    for name, part in itertools.groupby(rows, key=lambda row: row[2]):\n"
            "        part = list(part)\n"
            "        right = sum(t == p for t, p, _ in part)\n"
            "        result[name] = {'accuracy': right / len(part), 'count': len(part)}\n"
            "    return result\n",
        ),
    ],
    "a3": [
        (
            "A3.undefined",
            "keeps fairlearn's 0.0",
            "if g == name]",
            "] + [0, 1]",
        ),
        (
            "A3.random",
            "y_true and y_pred swapped",
            "y_true=y_true,\n        y_pred=y_pred",
            "y_true=y_pred,\n        y_pred=y_true",
        ),
        ("A3.random", "count left as 3.0", 'int(row["count"])', 'row["count"]'),
        (
            "A3.identity",
            "the false negative rate as fpr",
            'float(row["fpr"]) if 0 in labels else None',
            '1 - float(row["tpr"]) if 0 in labels else None',
        ),
        (
            "A3.source",
            "right numbers without MetricFrame",
            "def group_report(y_true, y_pred, groups):\n"
            "    report = {}\n"
            "    for name in set(groups):\n"
            "        pairs = [(t, p) for t, p, g in zip(y_true, y_pred, groups) if g == name]\n"
            "        yes = [p for t, p in pairs if t == 1]\n"
            "        no = [p for t, p in pairs if t == 0]\n"
            "        report[name] = {\n"
            "            'count': len(pairs),\n"
            "            'accuracy': sum(t == p for t, p in pairs) / len(pairs),\n"
            "            'selection_rate': sum(p for t, p in pairs) / len(pairs),\n"
            "            'tpr': sum(yes) / len(yes) if yes else None,\n"
            "            'fpr': sum(no) / len(no) if no else None,\n"
            "        }\n"
            "    return report\n",
        ),
    ],
    "a4": [
        ("A4.boundary", "> min_count", '["count"] >= min_count', '["count"] > min_count'),
        (
            "A4.example",
            "small groups compared too",
            'for g in names]\n        gaps["selection_rate_difference"]',
            'for g in report]\n        gaps["selection_rate_difference"]',
        ),
        ("A4.nobody", "max() of an empty list", "if names:", "if True:"),
        ("A4.example", "largest / smallest", "min(rates) / max(rates)", "max(rates) / min(rates)"),
        ("A4.zero", "0 / 0", "if max(rates) > 0:", "if True:"),
        (
            "A4.nonetpr",
            "an undefined TPR as 0",
            '[report[g]["tpr"] for g in names if report[g]["tpr"] is not None]',
            '[report[g]["tpr"] or 0 for g in names]',
        ),
        ("A4.random", "first minus last", "max(rates) - min(rates)", "rates[0] - rates[-1]"),
        (
            "A4.order",
            "on a tie the first of the report",
            'min(names, key=lambda g: (report[g]["accuracy"], g))',
            'min((g for g in report if g in names), key=lambda g: report[g]["accuracy"])',
        ),
        ("A4.example", "max instead of min", "worst = min(", "worst = max("),
    ],
    "a5": [
        ("A5.boundary", "<=", "worst < fairness_threshold", "worst <= fairness_threshold"),
        (
            "A5.rounding",
            "rounds before comparing",
            "worst < fairness_threshold",
            "round(worst, 3) < fairness_threshold",
        ),
        ("A5.random", "0.8 typed in", "worst < fairness_threshold", "worst < 0.8"),
        ("A5.nodata", "formats None", "if worst is None:", "if False:"),
        ("A5.example", "two decimals", "{worst:.3f}", "{worst:.2f}"),
    ],
    "b1": [
        ("B1.cutoff", ">", "score >= cutoff", "score > cutoff"),
        ("B1.ties", "sorts by signed value", "-abs(r[1])", "-r[1]"),
        ("B1.ties", "ties as they came", "(-abs(r[1]), r[0])", "-abs(r[1])"),
        ("B1.sum", "only the top reason", '"reasons": reasons}', '"reasons": reasons[:1]}'),
        ("B1.only", "loops over all features", "for name in weights}", "for name in features}"),
        ("B1.example", "the weights themselves", "([name, part]", "([name, weights[name]]"),
    ],
    "b2": [
        (
            "B2.copy",
            "a shallow copy",
            "copy.deepcopy(explanation[key])",
            "copy.copy(explanation)[key]",
        ),
        (
            "B2.copy",
            "returns the entry in the log",
            "return copy.deepcopy(entry)",
            "return entry",
        ),
        (
            "B2.private",
            "stores the whole explanation",
            'for key in ("decision", "score", "reasons"):',
            "for key in explanation:",
        ),
        (
            "B2.pure",
            "writes the id into the explanation",
            'entry = {"id": record_id}',
            'entry = {"id": record_id}\n    explanation["id"] = record_id',
        ),
        ("B2.many", "newest first", "log.append(entry)", "log.insert(0, entry)"),
        ("B2.example", "a new list", "log.append(entry)", "log = log + [entry]"),
        (
            "B2.example",
            "prints the whole explanation",
            "{explanation['decision']}",
            "{explanation}",
        ),
        ("B2.example", "prints the word", "{explanation['decision']}", "decision"),
        ("B2.example", "stores nothing", "    log.append(entry)\n", ""),
    ],
    "b3": [
        (
            "B3.unknown",
            "unknown counts as wrong",
            '        if d["outcome"] is None:\n            continue\n',
            "",
        ),
        ("B3.random", "skips outcome 0", 'if d["outcome"] is None:', 'if not d["outcome"]:'),
        (
            "B3.order",
            "share of approvals",
            '(1 if d["decision"] == d["outcome"] else 0)',
            'd["decision"]',
        ),
        (
            "B3.order",
            "a right no does not count",
            'd["decision"] == d["outcome"] else 0',
            'd["decision"] == d["outcome"] == 1 else 0',
        ),
        ("B3.boundary", "> min_count", "if total[g] >= min_count}", "if total[g] > min_count}"),
        (
            "B3.example",
            "small groups not named",
            "{g: total[g] for g in total if total[g] < min_count}",
            "{}",
        ),
        ("B3.random", "divides by all decisions", "/ total[g]", "/ len(decisions)"),
    ],
    "b4": [
        ("B4.boundary", "<=", "scores[worst] < threshold", "scores[worst] <= threshold"),
        ("B4.q3", "greater and less mixed up", "< threshold", "> threshold"),
        (
            "B4.worst",
            "judges by the mean",
            "alert = scores[worst] < threshold",
            "alert = sum(scores.values()) / len(scores) < threshold",
        ),
        (
            "B4.worst",
            "the first group only",
            "min(scores, key=lambda g: (scores[g], g))",
            "next(iter(scores))",
        ),
        (
            "B4.q3",
            "min(scores) is a name",
            "min(scores, key=lambda g: (scores[g], g))",
            "min(scores)",
        ),
        (
            "B4.rounding",
            "rounds before comparing",
            "scores[worst] < threshold",
            "round(scores[worst], 2) < threshold",
        ),
        ("B4.q3", "0.75 typed in", "scores[worst] < threshold", "scores[worst] < 0.75"),
        ("B4.empty", "min() of nothing", "if not scores:", "if False:"),
        (
            "B4.random",
            "ties left to the dict",
            "key=lambda g: (scores[g], g)",
            "key=lambda g: scores[g]",
        ),
        ("B4.q3", "other words", '"Bias detected"', '"Bias"'),
        (
            "B4.monotone",
            "only if every group is low",
            "alert = scores[worst] < threshold",
            "alert = max(scores.values()) < threshold",
        ),
    ],
    "b5": [
        (
            "B5.silent",
            "a week without data ends the alert",
            '        if result["status"] != "Not enough data":\n            alerting = ',
            "        alerting = ",
        ),
        (
            "B5.example",
            "every alert is new",
            'result["alert"] and not alerting',
            'result["alert"]',
        ),
        (
            "B5.again",
            "after the first nothing is new",
            'alerting = result["alert"]',
            'alerting = alerting or result["alert"]',
        ),
        ("B5.prefix", "threshold not passed on", '["scores"], threshold)', '["scores"])'),
        ("B5.random", "min_count not passed on", '["decisions"], min_count)', '["decisions"])'),
        ("B5.example", "a line for every week", 'if result["alert"]:', "if True:"),
        ("B5.example", "never prints", 'if result["alert"]:', "if False:"),
        (
            "B5.random",
            "earlier weeks mixed in",
            'found = fairness_scores(w["decisions"], min_count)',
            'so_far = [d for v in weeks if v["week"] <= w["week"] for d in v["decisions"]]\n'
            "        found = fairness_scores(so_far, min_count)",
        ),
    ],
}

RIGHT: dict[str, list[str]] = {
    "a1": [
        "import numpy as np\n\n\n"
        "def accuracy(y_true, y_pred):\n"
        "    if len(y_true) != len(y_pred):\n"
        "        raise ValueError('lengths')\n"
        "    if not len(y_true):\n"
        "        return None\n"
        "    return (np.array(y_true) == np.array(y_pred)).mean()\n",
        "accuracy = lambda y_true, y_pred: ("
        "sum(a == b for a, b in zip(y_true, y_pred, strict=True)) / len(y_true)"
        " if y_true or y_pred else None)\n",
    ],
    "a2": [
        "import pandas as pd\n\n\n"
        "def accuracy_by_group(y_true, y_pred, groups):\n"
        "    table = pd.DataFrame({'t': y_true, 'p': y_pred, 'g': groups})\n"
        "    return {\n"
        "        name: {'accuracy': (part.t == part.p).mean(), 'count': len(part)}\n"
        "        for name, part in table.groupby('g')\n"
        "    }\n",
        "from collections import defaultdict\n\n\n"
        "def accuracy_by_group(y_true, y_pred, groups):\n"
        "    found = defaultdict(list)\n"
        "    for t, p, g in zip(y_true, y_pred, groups):\n"
        "        found[g].append(t == p)\n"
        "    made = defaultdict(dict)\n"
        "    for g, rows in found.items():\n"
        "        made[g]['accuracy'], made[g]['count'] = sum(rows) / len(rows), len(rows)\n"
        "    return made\n",
    ],
    "a3": [
        "import fairlearn.metrics as fm\n\n\n"
        "def _frame(t, p, g):\n"
        "    kinds = {'count': fm.count, 'accuracy': accuracy_score,\n"
        "             'selection_rate': fm.selection_rate,\n"
        "             'tpr': fm.true_positive_rate, 'fpr': fm.false_positive_rate}\n"
        "    return fm.MetricFrame(metrics=kinds, y_true=t, y_pred=p, sensitive_features=g)\n\n\n"
        "def group_report(y_true, y_pred, groups):\n"
        "    report = _frame(y_true, y_pred, groups).by_group.to_dict(orient='index')\n"
        "    for name, row in report.items():\n"
        "        own = {t for t, g in zip(y_true, groups) if g == name}\n"
        "        row['count'] = int(row['count'])\n"
        "        row['tpr'] = row['tpr'] if 1 in own else None\n"
        "        row['fpr'] = row['fpr'] if 0 in own else None\n"
        "    return report\n",
    ],
    "a4": [
        "def fairness_gaps(report, min_count=30):\n"
        "    big = {g: r for g, r in sorted(report.items()) if not r['count'] < min_count}\n"
        "    rates = [r['selection_rate'] for r in big.values()]\n"
        "    tprs = [r['tpr'] for r in big.values() if r['tpr'] is not None]\n"
        "    worst = min(big, key=lambda g: big[g]['accuracy'], default=None)\n"
        "    return dict(\n"
        "        groups=list(big),\n"
        "        too_small=sorted(set(report) - set(big)),\n"
        "        selection_rate_difference=max(rates) - min(rates) if rates else None,\n"
        "        selection_rate_ratio=min(rates) / max(rates) if any(rates) else None,\n"
        "        tpr_difference=max(tprs) - min(tprs) if tprs else None,\n"
        "        worst_group=worst,\n"
        "        worst_accuracy=big[worst]['accuracy'] if big else None,\n"
        "    )\n",
    ],
    "a5": [
        "def group_fairness_report(gaps, fairness_threshold=0.8):\n"
        "    start = 'Group fairness check: '\n"
        "    if gaps['worst_group'] is None:\n"
        "        return start + 'not enough data'\n"
        "    number = gaps['worst_accuracy']\n"
        "    words = ('PASS', 'REVIEW')[number < fairness_threshold]\n"
        "    return start + 'Worst group = %s, Accuracy = %.3f, Threshold = %s, Result = %s' % (\n"
        "        gaps['worst_group'], number, fairness_threshold, words)\n",
    ],
    "b1": [
        "def explain_decision(features, weights, cutoff):\n"
        "    reasons = []\n"
        "    for feature, weight in weights.items():\n"
        "        reasons.append((feature, weight * features[feature]))\n"
        "    reasons.sort()\n"
        "    reasons.sort(key=lambda pair: abs(pair[1]), reverse=True)\n"
        "    points = sum(part for _, part in reasons)\n"
        "    return {'reasons': reasons, 'score': points,\n"
        "            'decision': 'decline' if points < cutoff else 'approve'}\n",
        "import numpy as np\n\n\n"
        "def explain_decision(features, weights, cutoff):\n"
        "    names = sorted(weights)\n"
        "    values = np.array([features[n] for n in names])\n"
        "    parts = np.array([weights[n] for n in names]) * values\n"
        "    order = np.argsort(-np.abs(parts), kind='stable')\n"
        "    return {'decision': 'approve' if parts.sum() >= cutoff else 'decline',\n"
        "            'score': parts.sum(), 'reasons': [[names[i], parts[i]] for i in order]}\n",
    ],
    "b2": [
        "import json\n\n\n"
        "def log_decision(log, record_id, explanation):\n"
        "    kept = {k: explanation[k] for k in ('decision', 'score', 'reasons')}\n"
        "    text = json.dumps({'id': record_id, **kept})\n"
        "    log += [json.loads(text)]\n"
        "    print('Input: ', record_id, ', Decision: ', kept['decision'], sep='')\n"
        "    return json.loads(text)\n",
    ],
    "b3": [
        "from collections import Counter\n\n\n"
        "def fairness_scores(decisions, min_count=20):\n"
        "    known = [d for d in decisions if d['outcome'] in (0, 1)]\n"
        "    total = Counter(d['group'] for d in known)\n"
        "    right = Counter(d['group'] for d in known if d['decision'] == d['outcome'])\n"
        "    big = {g for g in total if total[g] >= min_count}\n"
        "    return {'scores': {g: right[g] / total[g] for g in big},\n"
        "            'too_small': {g: n for g, n in total.items() if g not in big}}\n",
        "import pandas as pd\n\n\n"
        "def fairness_scores(decisions, min_count=20):\n"
        "    if not decisions:\n"
        "        return {'scores': {}, 'too_small': {}}\n"
        "    table = pd.DataFrame(decisions).dropna(subset=['outcome'])\n"
        "    right = (table.decision == table.outcome).groupby(table.group).agg(['mean', 'size'])\n"
        "    big = right[right['size'] >= min_count]\n"
        "    return {'scores': dict(big['mean']),\n"
        "            'too_small': dict(right.loc[right['size'] < min_count, 'size'])}\n",
    ],
    "b4": [
        "def fairness_alert(scores, threshold=0.75):\n"
        "    worst_group = worst_score = None\n"
        "    for group in sorted(scores):\n"
        "        if worst_score is None or scores[group] < worst_score:\n"
        "            worst_group, worst_score = group, scores[group]\n"
        "    alert = worst_score is not None and worst_score < threshold\n"
        "    status = 'Bias detected' if alert else 'Fair model' if scores else 'Not enough data'\n"
        "    return {'worst_score': worst_score, 'worst_group': worst_group,\n"
        "            'status': status, 'alert': alert}\n",
    ],
    "b5": [
        "def run_monitor(weeks, threshold=0.75, min_count=20):\n"
        "    results, last = [], False\n"
        "    for week in weeks:\n"
        "        scores = fairness_scores(week['decisions'], min_count=min_count)['scores']\n"
        "        one = {**fairness_alert(scores, threshold=threshold), 'week': week['week']}\n"
        "        one['new'] = one['alert'] and not last\n"
        "        last = one['alert'] if scores else last\n"
        "        results.append(one)\n"
        "    for one in results:\n"
        "        if one['alert']:\n"
        "            line = 'Fairness alert: Week = {week}, Group = {worst_group}, '\n"
        "            line += 'Score = {worst_score:.3f}, Threshold = {t}'\n"
        "            print(line.format(t=threshold, **one))\n"
        "    return results\n",
    ],
}
