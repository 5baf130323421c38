// Draws what the server has cut to size: curves, drawdown, candles with the lines of the rules and the trades.
"use strict";

const library = window.LightweightCharts;

/** A colour of the style sheet. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const LINE_COLOURS = ["line-1", "line-2", "line-3", "line-4", "line-5"];

function lineColour(place) {
  return colour(LINE_COLOURS[place % LINE_COLOURS.length]);
}

/** Writes seconds on the clock of a time zone. */
function clock(zone) {
  const format = (options) => {
    try {
      return new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
    } catch {
      return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
    }
  };
  const whole = format({ year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  const parts = [
    format({ year: "numeric" }),
    format({ month: "short", year: "2-digit" }),
    format({ day: "2-digit", month: "short" }),
    format({ hour: "2-digit", minute: "2-digit" }),
    format({ hour: "2-digit", minute: "2-digit" }),
  ];
  return {
    whole: (seconds) => whole.format(new Date(seconds * 1000)),
    tick: (seconds, kind) => parts[kind].format(new Date(seconds * 1000)),
  };
}

function grouped(value, digits = 2) {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
}

function surroundings(times) {
  return {
    autoSize: true,
    layout: { background: { color: "transparent" }, textColor: colour("muted"), attributionLogo: false, panes: { separatorColor: colour("line") } },
    grid: { vertLines: { color: colour("grid") }, horzLines: { color: colour("grid") } },
    rightPriceScale: { borderColor: colour("line") },
    timeScale: { borderColor: colour("line"), timeVisible: true, secondsVisible: false, tickMarkFormatter: times.tick, minBarSpacing: 0.05 },
    localization: { timeFormatter: times.whole },
    handleScroll: { vertTouchDrag: false },
  };
}

function themed(chart) {
  return () => chart.applyOptions({
    layout: { textColor: colour("muted"), panes: { separatorColor: colour("line") } },
    grid: { vertLines: { color: colour("grid") }, horzLines: { color: colour("grid") } },
  });
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");

async function data(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

function said(element, text) {
  element.textContent = text;
  element.removeAttribute("role");
}

/** Points with ascending times: the library takes one per second. */
function ascending(points, place) {
  const values = [];
  for (const point of points) {
    if (values.length === 0 || point[0] > values[values.length - 1].time) values.push({ time: point[0], value: point[place] });
  }
  return values;
}

async function equity(element) {
  const times = clock(element.dataset.zone);
  const { points } = await data(`${location.pathname}/equity.json`);
  if (points.length === 0) {
    said(element, "No marks in this window.");
    return;
  }
  const chart = library.createChart(element, surroundings(times));
  const format = { type: "custom", minMove: 0.01, formatter: (value) => grouped(value, 0) };
  const accent = colour("accent");
  const curve = chart.addSeries(library.AreaSeries, { lineColor: accent, topColor: `${accent}40`, bottomColor: `${accent}05`, lineWidth: 2, priceFormat: format, lastValueVisible: false, priceLineVisible: false });
  const bad = colour("bad");
  const percent = { type: "custom", minMove: 0.0001, formatter: (value) => `${grouped(value * 100, 1)} %` };
  const fallen = chart.addSeries(library.BaselineSeries, { baseValue: { type: "price", price: 0 }, bottomLineColor: bad, bottomFillColor1: `${bad}10`, bottomFillColor2: `${bad}50`, topLineColor: bad, lineWidth: 1, priceFormat: percent, lastValueVisible: false, priceLineVisible: false }, 1);
  curve.setData(ascending(points, 1));
  fallen.setData(ascending(points, 2));
  chart.panes()[0].setStretchFactor(3);
  chart.panes()[1].setStretchFactor(1);
  chart.timeScale().fitContent();
  const readout = document.getElementById("equity-readout");
  chart.subscribeCrosshairMove((move) => {
    const mark = move.seriesData?.get(curve);
    const drawdown = move.seriesData?.get(fallen);
    readout.textContent = mark ? `${times.whole(move.time)} · ${grouped(mark.value)} ${element.dataset.currency} · drawdown ${grouped((drawdown?.value ?? 0) * 100)} %` : "";
  });
  dark.addEventListener("change", themed(chart));
  element.dataset.drawn = String(points.length);
}

/** The price chart: loads the part of the window it shows, finer the closer one looks. */
class PriceChart {
  constructor(element) {
    this.element = element;
    this.times = clock(element.dataset.zone);
    this.chart = library.createChart(element, surroundings(this.times));
    this.candles = this.chart.addSeries(library.CandlestickSeries, {
      upColor: colour("good"), downColor: colour("bad"), wickUpColor: colour("good"), wickDownColor: colour("bad"), borderVisible: false, priceLineVisible: false, lastValueVisible: false,
    });
    this.markers = library.createSeriesMarkers(this.candles, []);
    this.lines = [];
    this.loading = 0;
    this.readout = document.getElementById("price-readout");
    this.chart.subscribeCrosshairMove((move) => this.read(move));
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      clearTimeout(this.looked);
      this.looked = setTimeout(() => this.look(), 250);
    });
    dark.addEventListener("change", themed(this.chart));
  }

  /** Loads and shows a part of the window, seconds; all of it without. */
  async load(from, to) {
    const turn = ++this.loading;
    const query = from === undefined ? "" : `?from=${Math.floor(from)}&to=${Math.ceil(to)}`;
    const found = await data(`${location.pathname}/price.json${query}`);
    if (turn !== this.loading) return;
    if (found.candles.length === 0) {
      if (!found.window) said(this.element, found.note ?? "No bars in this window.");
      return;
    }
    this.found = found;
    this.span = { from: from ?? found.window[0], to: to ?? found.window[1] };
    this.settling = true;
    this.candles.setData(found.candles.map(([time, open, high, low, close]) => ({ time, open, high, low, close })));
    this.draw(found);
    this.mark(found);
    this.chart.timeScale().fitContent();
    setTimeout(() => { this.settling = false; }, 400);
    this.rest();
    this.element.dataset.drawn = String(found.candles.length);
    this.element.dataset.marked = String(found.trades.length);
    this.element.dataset.minutes = String(found.minutes);
  }

  draw(found) {
    for (const line of this.lines) this.chart.removeSeries(line.series);
    const groups = [...new Set(found.lines.filter((line) => !line.on_price).map((line) => line.group))];
    this.lines = found.lines.map((line, place) => {
      const pane = line.on_price ? 0 : 1 + groups.indexOf(line.group);
      const series = this.chart.addSeries(library.LineSeries, { color: lineColour(place), lineWidth: 1, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false }, pane);
      series.setData(found.candles.map(([time], at) => (line.values[at] === null ? { time } : { time, value: line.values[at] })));
      return { series, label: line.label, colour: lineColour(place) };
    });
    this.chart.panes().forEach((pane, place) => pane.setStretchFactor(place === 0 ? 3 : 1));
    legend(document.getElementById("price-legend"), this.lines.map((line) => [line.label, line.colour]));
  }

  /** The candle a time lies in. */
  candleOf(seconds) {
    const candles = this.found.candles;
    let [low, high] = [0, candles.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (candles[middle][0] <= seconds) low = middle;
      else high = middle - 1;
    }
    return candles[low][0];
  }

  mark(found) {
    const marks = [];
    const inside = (seconds) => seconds >= this.span.from && seconds <= this.span.to;
    for (const [number, side, entered, , left, , net] of found.trades) {
      const long = side === "long";
      if (inside(entered)) marks.push({ time: this.candleOf(entered), position: long ? "belowBar" : "aboveBar", shape: long ? "arrowUp" : "arrowDown", color: colour("line-1"), text: found.trades.length <= 60 ? `${number}` : undefined });
      if (inside(left)) marks.push({ time: this.candleOf(left), position: long ? "aboveBar" : "belowBar", shape: "circle", color: colour(net > 0 ? "good" : "bad") });
    }
    marks.sort((one, other) => one.time - other.time);
    this.markers.setMarkers(marks);
  }

  /** What stands above the chart while nothing is pointed at. */
  rest() {
    const { minutes, trades, trades_inside: inside } = this.found;
    const candle = minutes === 0 ? "every bar" : minutes % 1440 === 0 ? `${minutes / 1440}-day candles` : minutes % 60 === 0 ? `${minutes / 60}-hour candles` : `${minutes}-minute candles`;
    const marked = inside > trades.length ? `${inside} trades, too many to mark: zoom in` : `${inside} trades marked`;
    this.readout.textContent = `${this.times.whole(this.span.from)} to ${this.times.whole(this.span.to)} · ${candle} · ${marked}`;
  }

  read(move) {
    const candle = move.seriesData?.get(this.candles);
    if (!candle) {
      if (this.found) this.rest();
      return;
    }
    const lines = this.lines.map((line) => [line.label, move.seriesData.get(line.series)?.value]).filter(([, value]) => value !== undefined);
    const values = lines.map(([label, value]) => `${label} ${grouped(value)}`);
    this.readout.textContent = [`${this.times.whole(move.time)} · open ${candle.open} high ${candle.high} low ${candle.low} close ${candle.close}`, ...values].join(" · ");
  }

  /** Loads finer candles when one looks closer, and more of the window when one looks past the ends of what is there. */
  look() {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (!range || !this.found || this.settling) return;
    const count = this.found.candles.length;
    const [first, last] = this.found.window;
    const at = (place) => this.found.candles[Math.min(Math.max(Math.round(place), 0), count - 1)][0];
    const [left, right] = [at(range.from), at(range.to)];
    const width = Math.max(right - left, 60);
    if (this.found.minutes > 0 && range.to - range.from < count / 3) {
      this.load(left, right);
    } else if ((range.from < -count * 0.1 && this.span.from > first) || (range.to > count * 1.1 && this.span.to < last)) {
      const [before, after] = [Math.max(-range.from, 0) / count, Math.max(range.to - count, 0) / count];
      this.load(Math.max(first, this.span.from - before * width), Math.min(last, this.span.to + after * width));
    }
  }

  /** The last days of what is shown; 0 shows the whole window. */
  days(days) {
    const [first, last] = this.found.window;
    if (days === 0) return this.load(first, last);
    const end = Math.min(this.span.to, last);
    return this.load(Math.max(first, end - days * 86400), end);
  }

  /** One width further. */
  step(direction) {
    const [first, last] = this.found.window;
    const width = this.span.to - this.span.from;
    const from = Math.min(Math.max(this.span.from + direction * width, first), Math.max(last - width, first));
    return this.load(from, Math.min(from + width, last));
  }

  /** A trade with some room around it. */
  trade(from, to) {
    const room = Math.max((to - from) * 2, 4 * 3600);
    this.element.scrollIntoView({ block: "center", behavior: "smooth" });
    return this.load(from - room, to + room);
  }
}

function legend(list, entries) {
  list.replaceChildren(...entries.map(([label, shade]) => {
    const item = document.createElement("li");
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("viewBox", "0 0 16 8");
    drawing.setAttribute("aria-hidden", "true");
    const stroke = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of [["y", "3"], ["width", "16"], ["height", "3"], ["fill", shade]]) stroke.setAttribute(name, value);
    drawing.append(stroke);
    item.append(drawing, label);
    return item;
  }));
}

async function price(element) {
  const chart = new PriceChart(element);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-days], [data-step], [data-show-trade]");
    if (!button || !chart.found) return;
    if (button.dataset.days) chart.days(Number(button.dataset.days));
    if (button.dataset.step) chart.step(Number(button.dataset.step));
    if (button.dataset.showTrade) chart.trade(Number(button.dataset.showTrade), Number(button.dataset.until));
  });
  await chart.load();
  // A week of candles tells more than all of them in one line.
  if (chart.found && chart.found.minutes > 0) await chart.days(7);
}

async function curves(element) {
  const times = clock("UTC");
  const found = await data(element.dataset.source);
  if (found.curves.length === 0) {
    said(element, "Nothing to draw yet.");
    return;
  }
  const chart = library.createChart(element, surroundings(times));
  found.curves.forEach((curve, place) => {
    const format = { type: "custom", minMove: 0.01, formatter: (value) => grouped(value, 0) };
    const series = chart.addSeries(library.LineSeries, { color: lineColour(place), lineWidth: 2, priceLineVisible: false, lastValueVisible: false, priceFormat: format });
    series.setData(ascending(curve.points, 1));
  });
  legend(document.getElementById("curves-legend"), found.curves.map((curve, place) => [curve.name, lineColour(place)]));
  chart.timeScale().fitContent();
  dark.addEventListener("change", themed(chart));
  element.dataset.drawn = String(found.curves.length);
}

const DRAWN = { equity, price, curves };

for (const element of document.querySelectorAll("[data-chart]")) {
  DRAWN[element.dataset.chart](element).catch((error) => said(element, `The chart could not be drawn: ${error.message}. Load the page again.`));
}
