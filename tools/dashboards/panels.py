"""Grafana's JSON, as far as these dashboards need it. Colours are Grafana's names, which suit its dark and light themes."""

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
NOTHING = "nothing known"

# The values of queries.rank(), from -1.
VERDICTS = [("not assessed", "text"), ("ok", "green"), ("warning", "yellow"), ("unknown", "purple"), ("critical", "red")]


def values(*words, first=0):
    """Maps numbers, from 0 or the first, to (text, colour)."""
    return [{"type": "value", "options": {str(i): {"text": text, "color": color, "index": i} for i, (text, color) in enumerate(words, first)}}]


def steps(*pairs):
    """Thresholds: (from, colour), the first from None."""
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in pairs]}


def query(expr, legend="", instant=False, ref="A"):
    target = {"datasource": SOURCE, "editorMode": "code", "expr": expr, "refId": ref, "legendFormat": legend or "__auto"}
    if instant:
        return target | {"instant": True, "range": False, "format": "table" if instant == "table" else "time_series"}
    return target | {"range": True, "instant": False}


def queries(*pairs, instant=False):
    return [query(expr, legend, instant, chr(ord("A") + i)) for i, (expr, legend) in enumerate(pairs)]


def panel(kind, title, description, targets, width, height, unit=None, no_value=NOTHING, **more):
    defaults = {"noValue": no_value, "color": {"mode": more.get("color", "thresholds")}, "thresholds": more.get("thresholds", steps((None, "text"))), "custom": more.get("custom", {})}
    if unit:
        defaults["unit"] = unit
    for key in "decimals", "min", "max", "mappings":
        if more.get(key) is not None:
            defaults[key] = more[key]
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "gridPos": {"x": 0, "y": 0, "w": width, "h": height},
        "fieldConfig": {"defaults": defaults, "overrides": more.get("overrides", [])},
        "options": more.get("options", {}),
        "targets": targets,
    } | ({"transformations": more["transformations"]} if "transformations" in more else {})


def stat(title, description, expr, unit="none", width=4, legend="", name=False, **more):
    options = {
        "colorMode": "value", "graphMode": "none", "justifyMode": "center", "orientation": "auto", "textMode": "name" if name else "value",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return panel("stat", title, description, [query(expr, legend, instant=True)], width, 4, unit, options=options, **more)


def graph(title, description, targets, unit, width=12, height=8, stacked=False, **more):
    custom = {
        "drawStyle": "line", "lineWidth": 2 if not stacked else 1, "fillOpacity": 60 if stacked else 5, "showPoints": "never", "spanNulls": 600000,
        "lineInterpolation": "stepAfter", "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "line" if "thresholds" in more else "off"},
    }
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    more.setdefault("color", "palette-classic")
    return panel("timeseries", title, description, targets, width, height, unit, custom=custom, options=options, min=more.pop("min", 0), **more)


def timeline(title, description, targets, width=12, height=6, **more):
    """Without mappings, shows only whether a series exists."""
    options = {
        "mergeValues": True, "showValue": "auto" if "mappings" in more else "never", "alignValue": "left", "rowHeight": 0.8,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False}, "tooltip": {"mode": "single", "sort": "none"},
    }
    return panel("state-timeline", title, description, targets, width, height, custom={"lineWidth": 0, "fillOpacity": 70}, options=options, **more)


def table(title, description, columns, labels, width=24, height=8, sort=None, first=None, **more):
    """`columns`: (title, expression, unit, further properties), hidden without a title; `labels`: (label, title). Each column is a query; rows are joined on the labels."""
    targets = queries(*[(expr, "") for _, expr, *_ in columns], instant="table")
    value = {f"Value #{target['refId']}": column[0] for target, column in zip(targets, columns)} if len(columns) > 1 else {"Value": columns[0][0]}
    order = sorted([label for label, _ in labels] + list(value), key=lambda name: not first or value.get(name) != first)
    hidden = [name for name, shown in value.items() if not shown]
    organize = {"excludeByName": dict.fromkeys(["Time", *hidden], True), "indexByName": {name: i for i, name in enumerate(order)}, "renameByName": dict(labels) | {name: shown for name, shown in value.items() if shown}}
    overrides = [override(name, unit=unit, **dict(rest[0] if rest else {})) for name, _, unit, *rest in columns if name]
    overrides += more.pop("overrides", [])
    options = {"showHeader": True, "cellHeight": "sm", "sortBy": [{"displayName": name, "desc": True} for name in ([sort] if sort else [])]}
    transformations = [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]
    return panel("table", title, description, targets, width, height, overrides=overrides, options=options, transformations=transformations,
                 custom={"align": "auto", "filterable": True}, **more)


def override(name, **properties):
    """Overrides for the field of this name; `custom_x` means "custom.x"."""
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key.replace("custom_", "custom."), "value": value} for key, value in properties.items() if value is not None],
    }


def matching(regex, **properties):
    return override(regex, **properties) | {"matcher": {"id": "byRegexp", "options": regex}}


def dashed(regex, color):
    """A limit: a dashed line with its own colour."""
    return matching(regex, custom_lineStyle={"fill": "dash", "dash": [8, 6]}, custom_lineWidth=1, custom_fillOpacity=0, color={"mode": "fixed", "fixedColor": color})


def fixed(name, color):
    return override(name, color={"mode": "fixed", "fixedColor": color})


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}}


def variable(name, label, expr, several):
    return {
        "type": "query", "name": name, "label": label, "datasource": SOURCE, "query": {"query": expr, "refId": name}, "refresh": 2, "sort": 1,
        "regex": "", "multi": several, "includeAll": several, "options": [], "hide": 0,
    } | ({"allValue": ".*", "current": {"text": "All", "value": "$__all"}} if several else {})


def adhoc(name, label):
    """A filter for any label, which Grafana adds to every query."""
    return {"type": "adhoc", "name": name, "label": label, "datasource": SOURCE, "hide": 0}


def marks(expr):
    """A mark on every graph while an alert fires."""
    return {
        "name": "Alerts", "enable": True, "iconColor": "red", "datasource": SOURCE, "target": {"refId": "Anno", "expr": expr, "interval": "60s"}, "useValueForTime": False,
        "titleFormat": "{{alertname}}", "textFormat": "{{instance}} {{run}}", "tagKeys": "severity,job",
    }


def dashboard(uid, title, description, variables, rows, alerts):
    """`rows`: lists of panels, each as high as its highest panel; a row() is separate."""
    panels, y = [], 0
    for line in rows:
        x = 0
        for each in line:
            each["id"] = len(panels) + 1
            each["gridPos"] |= {"x": x, "y": y}
            x += each["gridPos"]["w"]
            panels.append(each)
        y += max(each["gridPos"]["h"] for each in line)
    source = {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "current": {"text": "Prometheus", "value": "prometheus"}, "options": [], "refresh": 1, "hide": 0}
    links = [{
        "type": "dashboards", "title": "Backups", "tags": ["backup-metrics"], "asDropdown": False, "includeVars": False, "keepTime": True,
        "targetBlank": False, "icon": "", "tooltip": "", "url": "",
    }]
    return {
        "uid": uid, "title": title, "description": description, "tags": ["backup-metrics"], "schemaVersion": 39, "version": 1, "editable": True,
        "graphTooltip": 1, "timezone": "browser", "refresh": "1m", "time": {"from": "now-24h", "to": "now"}, "links": links,
        "templating": {"list": [source, *variables]}, "annotations": {"list": [marks(alerts)]}, "panels": panels,
    }
