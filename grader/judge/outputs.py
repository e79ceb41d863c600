"""What a guest says that a cell showed, kept to the shape of nbformat's outputs."""

import math


def outputs(claimed: list[object]) -> list[dict[str, object]]:
    """Keep what has the shape of nbformat's outputs: texts under texts, and nothing else."""
    kept = []
    for one in claimed:
        if type(one) is dict and (sound := _sound(one)):
            kept.append(sound)
    return kept


def _sound(one: dict[str, object]) -> dict[str, object] | None:
    kind = _text(one.get("output_type"))
    if kind == "stream":
        name = "stderr" if _text(one.get("name")) == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _text(one.get("text"))}
    if kind == "error":
        traceback = one.get("traceback")
        lines = [_text(line) for line in traceback] if type(traceback) is list else []
        words = {name: _text(one.get(name)) for name in ("ename", "evalue")}
        return {"output_type": kind, **words, "traceback": lines}
    if kind in ("display_data", "execute_result"):
        data, metadata = one.get("data"), one.get("metadata")
        made = {
            "output_type": kind,
            "data": _data(data) if type(data) is dict else {},
            "metadata": _json(metadata) if type(metadata) is dict else {},
        }
        if kind == "execute_result":
            made["execution_count"] = (
                count if type(count := one.get("execution_count")) is int else None
            )
        return made
    return None


def _data(data: dict[object, object]) -> dict[str, object]:
    """Keep texts by MIME type, and any JSON under a type that is JSON."""
    kept = {key: value for key, value in data.items() if type(key) is str}
    return {
        _text(key): _json(value)
        for key, value in kept.items()
        if type(value) is str or key.endswith("json")
    }


def _text(value: object) -> str:
    """Return a text that can be written as UTF-8; "" for what is no text."""
    return value.encode("utf-8", "replace").decode() if type(value) is str else ""


def _json(value: object) -> object:
    """Keep what JSON can hold."""
    if type(value) is dict:
        return {_text(key): _json(item) for key, item in value.items() if type(key) is str}
    if type(value) in (list, tuple):
        return [_json(item) for item in value]
    if type(value) is float:
        return value if math.isfinite(value) else None
    if type(value) is str:
        return _text(value)
    return value if type(value) in (int, bool) else None
