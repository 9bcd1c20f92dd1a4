/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const f = data.figures;
const views = [];

/* ---- numbers and words ------------------------------------------------ */

const count = (n) => n.toLocaleString("en-US");
const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;
const percent = (part, all) => all ? 100 * part / all : 0;
const short = (n) => n >= 100 || n % 1 === 0 ? String(Math.round(n)) :
	n.toPrecision(3).replace(/\.?0+$/, "");
const share = (part, all) => {
	const value = percent(part, all);
	return value > 0 && value < 0.1 ? "under 0.1 %" :
		value > 99.9 && part !== all ? "over 99.9 %" : `${short(value)} %`;
};

/* The largest unit that is not above a value: [divisor, name]. */
function unitOf(units, value) {
	return units.find(([size]) => value >= size) || units[units.length - 1];
}
const BYTES = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"],
	[1024, "KiB"], [1, "bytes"]];
const TIMES = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];

function bytes(n) {
	const [size, name] = unitOf(BYTES, n);
	return `${short(n / size)} ${name}`;
}
function time(n) {
	if (data.unit === "events")
		return plural(n, "event", "events");
	const [size, name] = unitOf(TIMES, n);
	return `${short(n / size)} ${name}`;
}
/* A power of two of bytes, or of time, as the bounds of a bucket. */
const bytesFrom = (log2) => bytes(2 ** log2);
const timeFrom = (log2) => `${time(2 ** log2)}`;
const taskName = (name) => name === "" ? "not known" : name;

/* ---- the page --------------------------------------------------------- */

function element(name, attributes = {}, ...inside) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes))
		if (value !== undefined && value !== false)
			made.setAttribute(key, value);
	made.append(...inside);
	return made;
}

function section(id, title, lead) {
	const made = element("section", {id, "aria-labelledby": `${id}-title`},
		element("h2", {id: `${id}-title`}, title));
	if (lead)
		made.append(element("p", {class: "lead"}, lead));
	document.getElementById("main").append(made);
	document.getElementById("nav").append(
		element("a", {href: `#${id}`}, title));
	return made;
}

/* A cell that is a number is [text, true]. */
function table(caption, head, rows, whole) {
	const row = (cells, name) => element("tr", {}, ...cells.map((cell) => {
		const [text, number] = Array.isArray(cell) ? cell : [cell, false];
		return element(name, {
			class: number ? "n" : text.length > 40 ? "w" : undefined,
			scope: name === "th" ? "col" : undefined,
		}, text);
	}));
	return element("div", {
		class: whole ? "scroll whole" : "scroll", tabindex: 0,
		role: "region", "aria-label": caption,
	}, element("table", {},
		element("caption", {}, caption),
		element("thead", {}, row(head, "th")),
		element("tbody", {}, ...rows.map((cells) => row(cells, "td")))));
}

const number = (n) => [count(n), true];
const column = (text) => [text, true];

/* ---- charts ----------------------------------------------------------- */

const colour = (name) => getComputedStyle(document.documentElement)
	.getPropertyValue(`--${name}`).trim();

function baseSpec(width, height, description) {
	const axis = {
		labelColor: colour("soft"), titleColor: colour("soft"),
		domainColor: colour("line"), tickColor: colour("line"),
		gridColor: colour("grid"), labelFont: "system-ui, sans-serif",
		titleFont: "system-ui, sans-serif", labelFontSize: 12,
		titleFontSize: 12, titleFontWeight: "normal", titlePadding: 8,
	};
	return {
		$schema: "https://vega.github.io/schema/vega/v5.json",
		description, width, height, padding: 2,
		autosize: {type: "fit", contains: "padding"},
		config: {axis, background: null, view: {stroke: null}},
	};
}

function draw(plot, chart) {
	const width = Math.max(plot.clientWidth, 240);
	const spec = chart.spec(width, width < 480 ? 200 : chart.height || 230);
	const view = new vega.View(vega.parse(spec), {renderer: "svg"});

	view.initialize(plot);
	plot.view = view;
	return view.runAsync();
}

/* Follows the width of the page and its colours. */
function redrawAll() {
	for (const {plot, chart} of views) {
		plot.view.finalize();
		draw(plot, chart);
	}
}

/* Arrow keys step through the rows of the table. */
function stepper(plot, output, chart) {
	let at = -1;

	plot.addEventListener("keydown", (event) => {
		const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1,
			ArrowUp: -1}[event.key];
		const rows = chart.rows;

		if (step === undefined && event.key !== "Home" &&
		    event.key !== "End")
			return;
		event.preventDefault();
		at = event.key === "Home" ? 0 :
			event.key === "End" ? rows.length - 1 :
				Math.min(Math.max(at + step, 0), rows.length - 1);
		output.value = chart.head.map((name, i) => {
			const cell = rows[at][i];
			return `${Array.isArray(name) ? name[0] : name}: ` +
				(Array.isArray(cell) ? cell[0] : cell);
		}).join(", ");
	});
}

/*
 * A chart: title, what it shows in a sentence, the drawing, its key, and the
 * same figures as a table.
 */
function addChart(to, chart) {
	const id = chart.id;
	const plot = element("div", {
		class: "plot", id: `${id}-plot`, role: "img", tabindex: 0,
		"aria-label": `${chart.title}. ${chart.says} ` +
			"Arrow keys read the values; the table below has them all.",
		"aria-describedby": `${id}-says`,
	});
	const output = element("output", {"aria-live": "polite"});
	const figure = element("figure", {
		id, class: chart.wide ? "chart wide" : "chart",
		"aria-labelledby": `${id}-title`,
	}, element("h3", {id: `${id}-title`}, chart.title),
	element("p", {class: "says", id: `${id}-says`}, chart.says));

	if (chart.keys)
		figure.append(element("ul", {class: "keys"}, ...chart.keys.map(
			([name, key]) => element("li", {}, key === "ramp" ?
				element("span", {class: "ramp"}) :
				element("i", {style: `background: var(--${key})`}),
			name))));
	figure.append(plot, output, element("details", {},
		element("summary", {}, "The figures as a table"),
		table(chart.title, chart.head, chart.rows)));
	to.append(figure);
	stepper(plot, output, chart);
	views.push({plot, chart});
}

/* ---- charts over time ------------------------------------------------- */

const line = data.timeline;
const span = line.maps.length * line.width;
const [xDivisor, xName] = data.unit === "events" ? [1, "events"] :
	unitOf(TIMES, span);
const xTitle = data.unit === "events" ? "events since the first" :
	`${{s: "seconds", ms: "milliseconds", "µs": "microseconds",
		ns: "nanoseconds"}[xName]} since the first event`;
const xOf = (i) => i * line.width / xDivisor;

/* Values from 0 to the highest; at least up to 1. */
const fromZero = (values) => [0, Math.max(1, ...values)];

function timeChart({id, title, says, unit, series, divisor = 1, wide, area}) {
	const values = series.flatMap(({name, key, values: list}) =>
		list.map((value, i) => ({
			x: xOf(i), x2: xOf(i + 1), y: value / divisor, name, key,
			tip: `${short(xOf(i))} ${xName}: ${name} ` +
				`${short(value / divisor)} ${unit}`,
		})).concat([{x: xOf(list.length), y: list[list.length - 1] /
			divisor, name, key}]));
	const spec = (width, height) => ({
		...baseSpec(width, height, `${title}. ${says}`),
		data: [{name: "values", values}],
		scales: [
			{name: "x", type: "linear", range: "width", nice: false,
				domain: [0, span / xDivisor]},
			{name: "y", type: "linear", range: "height", nice: true,
				domain: fromZero(values.map((v) => v.y))},
		],
		axes: [
			{orient: "bottom", scale: "x", title: xTitle,
				tickCount: width < 480 ? 4 : 8},
			{orient: "left", scale: "y", title: unit, grid: true,
				tickCount: 5, domain: false, ticks: false},
		],
		marks: [
			...series.flatMap(({key}) => [{
				type: area ? "area" : "line", name: `mark-${key}`,
				from: {data: "values"},
				transform: [],
				encode: {enter: {
					x: {scale: "x", field: "x"},
					y: {scale: "y", field: "y"},
					y2: area ? {scale: "y", value: 0} : undefined,
					defined: {signal: `datum.key === "${key}"`},
					interpolate: {value: "step-after"},
					stroke: {value: colour(key)},
					strokeWidth: {value: 1.8},
					fill: area ? {value: colour(key)} : undefined,
					fillOpacity: {value: area ? 0.22 : 1},
				}},
			}]),
			{type: "rect", from: {data: "values"}, encode: {enter: {
				x: {scale: "x", field: "x"},
				x2: {scale: "x", field: "x2"},
				y: {value: 0}, y2: {signal: "height"},
				opacity: {value: 0}, fill: {value: "#000"},
				tooltip: {field: "tip"},
			}}},
		],
	});
	return {
		id, title, says, wide, spec,
		keys: series.length > 1 ? series.map(({name, key}) => [name, key]) :
			undefined,
		head: [column(xTitle), ...series.map(({name}) =>
			column(`${name}${unit && series.length === 1 ?
				`, ${unit}` : ""}`))],
		rows: line.maps.map((_, i) => [[short(xOf(i)), true],
			...series.map(({values: list}) =>
				[short(list[i] / divisor), true])]),
	};
}

/* ---- bars ------------------------------------------------------------- */

/* rows: {label, values: [..]}; one bar for each series, side by side */
function barChart({id, title, says, unit, xUnit, series, rows, wide, tip}) {
	const flat = rows.flatMap(({label, values}) => values.map((value, i) => ({
		label, name: series[i][0], colour: series[i][1], y: value,
		tip: `${label}: ${series[i][0]} ${tip ? tip(value) :
			`${short(value)} ${unit}`}`,
	})));
	const spec = (width, height) => ({
		...baseSpec(width, height, `${title}. ${says}`),
		data: [{name: "values", values: flat.map((row) =>
			({...row, colour: colour(row.colour)}))}],
		scales: [
			{name: "x", type: "band", range: "width", padding: 0.2,
				domain: rows.map(({label}) => label)},
			{name: "part", type: "band", range: [0, {signal:
				"bandwidth('x')"}], domain: series.map(([name]) => name)},
			{name: "y", type: "linear", range: "height", nice: true,
				domain: fromZero(flat.map((row) => row.y))},
		],
		axes: [
			{orient: "bottom", scale: "x", title: xUnit, ticks: false,
				labelOverlap: rows.length * 52 > width ?
					undefined : "parity",
				labelAngle: rows.length * 60 > width ? -40 : 0,
				labelAlign: rows.length * 60 > width ? "right" :
					"center"},
			{orient: "left", scale: "y", title: unit, grid: true,
				tickCount: 5, domain: false, ticks: false},
		],
		marks: [{
			type: "rect", name: "bars", from: {data: "values"},
			encode: {enter: {
				x: {scale: "x", field: "label", offset:
					{scale: "part", field: "name"}},
				width: {scale: "part", band: 1, offset: -1},
				y: {scale: "y", field: "y"},
				y2: {scale: "y", value: 0},
				cornerRadiusTopLeft: {value: 2},
				cornerRadiusTopRight: {value: 2},
				fill: {field: "colour"}, tooltip: {field: "tip"},
			}},
		}],
	});
	return {
		id, title, says, wide, spec,
		keys: series.length > 1 ? series : undefined,
		head: [xUnit, ...series.map(([name]) => column(`${name}, ${unit}`))],
		rows: rows.map(({label, values}) => [label,
			...values.map((value) => [tip ? tip(value) :
				count(Math.round(value * 100) / 100), true])]),
	};
}

/* Parts of a whole, one row for each way to make it. */
function stackChart({id, title, says, unit, series, rows, wide}) {
	const flat = rows.flatMap(({label, values}) => {
		let end = 0;
		return values.map((value, i) => {
			const start = end;
			end += value;
			return {label, start, end, colour: series[i][1],
				tip: `${label}: ${series[i][0]} ${short(value)} ${unit}`};
		});
	});
	const spec = (width) => ({
		...baseSpec(width, 58 * rows.length + 50, `${title}. ${says}`),
		data: [{name: "values", values: flat.map((row) =>
			({...row, colour: colour(row.colour)}))}],
		scales: [
			{name: "y", type: "band", range: "height", padding: 0.35,
				domain: rows.map(({label}) => label)},
			{name: "x", type: "linear", range: "width",
				domain: fromZero(flat.map((row) => row.end))},
		],
		axes: [
			{orient: "bottom", scale: "x", title: unit, grid: true,
				tickCount: 5, domain: false},
			{orient: "left", scale: "y", ticks: false, domain: false,
				labelLimit: 150, labelColor: colour("ink")},
		],
		marks: [{
			type: "rect", name: "bars", from: {data: "values"},
			encode: {enter: {
				y: {scale: "y", field: "label"},
				height: {scale: "y", band: 1},
				x: {scale: "x", field: "start"},
				x2: {scale: "x", field: "end"},
				fill: {field: "colour"}, tooltip: {field: "tip"},
			}},
		}],
	});
	return {
		id, title, says, wide, spec, keys: series,
		head: ["", ...series.map(([name]) => column(`${name}, ${unit}`))],
		rows: rows.map(({label, values}) => [label,
			...values.map((value) => [short(value), true])]),
	};
}

/*
 * A bar for each row, below its name and with its counts beside it: for names
 * that are too long to stand below bars. values are up to most.
 */
function rowChart({id, title, says, unit, most, rows, key, wide}) {
	const values = rows.map(({label, counts, value}, i) => ({
		i, label, counts, value, tip: `${label}: ${counts}`}));
	const text = (field, align, x) => ({
		type: "text", from: {data: "values"}, interactive: false,
		encode: {enter: {
			x, y: {scale: "y", field: "i", offset: 14},
			text: {field}, align: {value: align},
			fontSize: {value: 13}, font: {value: "system-ui, sans-serif"},
			fill: {value: colour(align === "left" ? "ink" : "soft")},
		}},
	});
	const bar = (name, x2, fill) => ({
		type: "rect", name, from: {data: "values"},
		encode: {enter: {
			x: {value: 0}, x2, y: {scale: "y", field: "i", offset: 21},
			height: {value: 10}, cornerRadius: {value: 3},
			fill: {value: colour(fill)}, tooltip: {field: "tip"},
		}},
	});
	const spec = (width) => ({
		...baseSpec(width, 44 * rows.length + 40, `${title}. ${says}`),
		data: [{name: "values", values}],
		scales: [
			{name: "x", type: "linear", range: "width", domain: [0, most]},
			{name: "y", type: "band", range: "height",
				domain: values.map(({i}) => i)},
		],
		axes: [{orient: "bottom", scale: "x", title: unit,
			tickCount: 5, domain: false, ticks: false}],
		marks: [
			bar("whole", {signal: "width"}, "grid"),
			bar("bars", {scale: "x", field: "value"}, key),
			text("label", "left", {value: 0}),
			text("counts", "right", {signal: "width"}),
		],
	});
	return {id, title, says, wide, spec};
}

/* ---- the heat strip --------------------------------------------------- */

function heatChart() {
	const title = "Where in the IOVA space";
	const says = "Each row is a block of " +
		`${bytes(data.heat.block_bytes)} of IOVAs in which something was ` +
		"mapped; blocks that were never used have no row. The colour is " +
		"the number of 4 KiB pages that were mapped there in that step. A " +
		"dark row that goes on and on is an address that the allocator " +
		"hands out again and again.";
	const rows = data.heat.rows;
	const cells = rows.flatMap(({iova, pages}) => pages.map((n, i) => ({
		iova, x: xOf(i), x2: xOf(i + 1), n,
		tip: `${iova}: ${plural(n, "page", "pages")} mapped at ` +
			`${short(xOf(i))} ${xName}`,
	})).filter(({n}) => n !== 0));
	const total = rows.map(({pages}) => pages.reduce((a, b) => a + b, 0));
	const spec = (width) => ({
		...baseSpec(width, Math.max(140, 13 * rows.length + 50),
			`${title}. ${says}`),
		data: [{name: "values", values: cells}],
		scales: [
			{name: "x", type: "linear", range: "width",
				domain: [0, span / xDivisor]},
			{name: "y", type: "band", range: "height", padding: 0.06,
				reverse: true, domain: rows.map(({iova}) => iova)},
			{name: "heat", type: "log", domain: [1, Math.max(2,
				...cells.map(({n}) => n))],
			range: [colour("heat0"), colour("heat1")],
			interpolate: "lab"},
		],
		axes: [
			{orient: "bottom", scale: "x", title: xTitle,
				tickCount: width < 480 ? 4 : 8},
			{orient: "left", scale: "y", title: width < 480 ? null :
				"IOVA, first of a block", ticks: false, domain: false,
			labelFont: "ui-monospace, monospace", labelFontSize: 10,
			labelOverlap: true},
		],
		marks: [
			{type: "rect", interactive: false, encode: {enter: {
				x: {value: 0}, x2: {signal: "width"}, y: {value: 0},
				y2: {signal: "height"}, fill: {value: colour("grid")},
				fillOpacity: {value: 0.45},
			}}},
			{type: "rect", name: "bars", from: {data: "values"},
				encode: {enter: {
					x: {scale: "x", field: "x"},
					x2: {scale: "x", field: "x2", offset: 0.4},
					y: {scale: "y", field: "iova"},
					height: {scale: "y", band: 1},
					fill: {scale: "heat", field: "n"},
					tooltip: {field: "tip"},
				}}},
		],
	});
	return {
		id: "heat", title, says, wide: true, spec,
		keys: [["few pages to many, logarithmic", "ramp"]],
		head: ["block", column("pages mapped"), column("share")],
		rows: rows.map(({iova}, i) => [iova, number(total[i]),
			[share(total[i], total.reduce((a, b) => a + b, 0)), true]]),
	};
}

/* ---- what stands out -------------------------------------------------- */

const mapped = f.maps - f.double_maps;
const leafBytes = {"4k": 4096, "2m": 2 ** 21, "1g": 2 ** 30};
const leafMix = (kind) => Object.entries(leafBytes).map(([name, size]) =>
	percent(f[`leaves_${kind}_${name}`] * size, f.map_bytes));
const leavesOf = (kind) => Object.keys(leafBytes).reduce((sum, name) =>
	sum + f[`leaves_${kind}_${name}`], 0);
const large = (kind) => leafMix(kind)[1] + leafMix(kind)[2];
const flush = (mode, policy, what) => f[`flush_${mode}_${policy}_${what}`];

function findings() {
	const list = [];
	const say = (kind, title, text) => list.push({kind, title, text});
	const lazy = f.flush_lazy_unmaps;
	const strictCalls = flush("strict", "two_block", "calls");
	const lazyCalls = flush("lazy", "two_block", "calls");

	if (f.double_maps)
		say("bad", `${plural(f.double_maps, "map", "maps")} of an IOVA ` +
			"that was mapped already",
		f.named ? "Linux refuses such a map. Two owners think that the " +
			"address is theirs, or events are missing." :
			"No event names its domain, so several devices may look " +
			"like one: record the kprobes of docs/RECORDING.md.");
	if (f.unknown_unmaps)
		say("note", `${plural(f.unknown_unmaps, "unmap", "unmaps")} of ` +
			"nothing", "The mapping is older than the recording, or was " +
			"unmapped twice.");
	if (f.never_unmapped)
		say(f.never_unmapped > f.peak_mappings / 2 ? "note" : "good",
			`${plural(f.never_unmapped, "mapping is", "mappings are")} ` +
			`still there at the end: ${bytes(f.left_mapped_bytes)}`,
			"A driver keeps its rings mapped. A number that grows with " +
			"the length of the recording is a leak: see the tasks below.");
	if (f.scatter_lists < 0.75 * mapped)
		say("note", `${share(mapped - f.scatter_lists, mapped)} of the map ` +
			"calls continue the one before",
		`${plural(mapped, "map call", "map calls")} could be ` +
			`${count(f.scatter_lists)}, if the caller mapped each ` +
			"scatter list at once.");
	if (large("merged") - large("obtained") > 5)
		say("note", `2 MiB leaves could map ${short(large("merged"))} % of ` +
			`the bytes, and map ${short(large("obtained"))} %`,
		`The page table would have written ${count(leavesOf("merged"))} ` +
			`leaves instead of ${count(leavesOf("obtained"))}.`);
	else if (large("merged") < 5 && f.map_bytes)
		say("good", "Larger pages would not help",
			"Memory comes in pieces that are too small: even with the " +
			`best alignment ${large("merged") ?
				`only ${short(large("merged"))} %` : "none"} of the bytes ` +
			"could be in 2 MiB leaves.");
	if (strictCalls && lazyCalls < 0.8 * strictCalls)
		say("note", `A flush after ${lazy} unmaps would need ` +
			`${count(lazyCalls)} calls instead of ${count(strictCalls)}`,
		f.flush_lazy_forced ? `${plural(f.flush_lazy_forced, "flush " +
			"comes", "flushes come")} early, because an IOVA is used ` +
			"again at once. An allocator that holds IOVAs back would " +
			"save more." : "The device can reach what was unmapped " +
			"until then.");
	if (flush("strict", "cover", "over_flushed_pages") >
	    0.2 * f.flush_strict_pages_asked)
		say("note", `One block for each range flushes ` +
			`${share(flush("strict", "cover", "over_flushed_pages"),
				f.flush_strict_pages_asked)} more pages than asked`,
		`Two blocks reduce that to ` +
			`${share(flush("strict", "two_block", "over_flushed_pages"),
				f.flush_strict_pages_asked)}, with ` +
			`${count(flush("strict", "two_block", "descriptors") -
				flush("strict", "cover", "descriptors"))} more ` +
			"descriptors and no more calls.");
	if (f.lost || f.lost_unknown)
		say("bad", "The tracer lost events",
			"Figures are too low, and unmaps and maps do not match. " +
			"Use a larger buffer.");
	if (!f.double_maps && !f.unknown_unmaps && !f.lost && !f.lost_unknown)
		say("good", "Maps and unmaps match",
			"No range was mapped twice, and nothing was unmapped that " +
			"was not mapped.");
	return list;
}

function addOverview() {
	const main = section("overview", "Overview");
	const tile = (name, value, more) => element("div", {},
		element("dt", {}, name),
		element("dd", {}, value, element("small", {}, more)));
	const calls = flush("strict", "two_block", "calls");

	main.append(element("dl", {class: "tiles"},
		tile("Events", count(f.events), `${count(f.maps)} maps, ` +
			`${count(f.unmaps)} unmaps`),
		tile("Duration", data.unit === "ns" ? time(f.duration_ns) :
			"not known", f.duration_ns ? `${count(Math.round(f.events /
				(f.duration_ns / 1e9)))} events a second` :
			"the trace has no times"),
		tile("Most mapped at once", bytes(f.peak_mapped_bytes),
			`in ${plural(f.peak_mappings, "mapping", "mappings")}`),
		tile("Mapped in all", bytes(f.map_bytes),
			`${bytes(mapped ? f.map_bytes / mapped : 0)} a map`),
		tile("Table pages", count(f.table_pages_peak),
			`${bytes(4096 * f.table_pages_peak)} at the peak`),
		tile("Strict flush calls", count(calls),
			`${short(f.unmaps ? calls / f.unmaps : 0)} for each unmap`)));
	main.append(element("ul", {class: "findings"}, ...findings().map(
		({kind, title, text}) => element("li", {class: kind},
			element("b", {}, title), text))));
}

/* ---- sections --------------------------------------------------------- */

function charts(to, more) {
	const made = element("div", {class: more ? `charts ${more}` : "charts"});
	to.append(made);
	return made;
}

function addTime() {
	const to = charts(section("time", "Over time",
		`The recording in ${count(line.maps.length)} steps of ` +
		`${time(line.width)}.`));
	const [size, name] = unitOf(BYTES, Math.max(...line.peak_bytes));
	const second = data.unit === "ns" ? line.width / 1e9 : 1;
	const rate = data.unit === "ns" ? "calls a second" : "calls an event";

	addChart(to, timeChart({
		id: "live", title: "Mapped memory", unit: name, divisor: size,
		area: true, wide: true,
		says: `The most that was mapped in each step, in ${name}. What ` +
			"climbs and never falls is a leak; sharp teeth are IO that " +
			"maps and unmaps each request.",
		series: [{name: "mapped", key: "s1", values: line.peak_bytes}],
	}));
	addChart(to, timeChart({
		id: "mappings", title: "Mappings and areas", unit: "count",
		says: "Live mappings, and the separate areas of IOVA space that " +
			"they form. Many areas for few mappings is fragmentation: a " +
			"table page then holds few entries.",
		series: [{name: "mappings", key: "s1", values: line.mappings},
			{name: "areas", key: "s2", values: line.areas}],
	}));
	addChart(to, timeChart({
		id: "tables", title: "Table pages", unit: "pages of 4 KiB",
		area: true,
		says: "Pages that the page tables take at the end of each step. " +
			"Small unmaps keep their empty tables for the next map.",
		series: [{name: "table pages", key: "s3",
			values: line.table_pages}],
	}));
	addChart(to, timeChart({
		id: "rate", title: "Maps and unmaps", unit: rate, wide: true,
		says: `How many calls there were in each step, as ${rate}.`,
		series: [{name: "maps", key: "s1",
			values: line.maps.map((n) => n / second)},
		{name: "unmaps", key: "s2",
			values: line.unmaps.map((n) => n / second)}],
	}));
}

function addSpace() {
	const to = charts(section("space", "IOVA space"));
	const reuse = [
		{label: "at once", values: [data.reuse_at_once]},
		...data.reuse.map(({log2, count: n}) => ({
			label: log2 === 0 ? "1" : `${count(2 ** log2)}+`, values: [n]})),
		{label: "first use", values: [f.reuse_first_use]},
	];

	addChart(to, heatChart());
	addChart(to, barChart({
		id: "reuse", title: "Reuse distance", unit: "maps",
		xUnit: "unmaps of the domain in between", series: [["maps", "s1"]],
		rows: reuse, wide: true,
		says: "How many other unmaps lie between the unmap of an IOVA and " +
			"its next map. Short distances make a lazy flush come early: " +
			"the old translation must be gone before the address is used " +
			"again.",
	}));
}

function addShape() {
	const to = charts(section("shape", "Sizes, alignment, lifetimes"));
	const pick = (list, log2, key) =>
		(list.find((entry) => entry.log2 === log2) || {})[key] || 0;

	addChart(to, barChart({
		id: "sizes", title: "Sizes", unit: "%", xUnit: "size of a map, from",
		series: [["of the maps", "s1"], ["of the bytes", "s2"]],
		rows: data.sizes.map(({log2, maps, bytes: sum}) => ({
			label: bytesFrom(log2),
			values: [percent(maps, mapped), percent(sum, f.map_bytes)]})),
		says: "Which sizes are asked for most often, and which of them move " +
			"most of the memory. A bar stands for sizes up to twice its " +
			"label.",
	}));
	addChart(to, barChart({
		id: "alignment", title: "Alignment", unit: "% of the maps",
		xUnit: "aligned to",
		series: [["of the IOVA", "s1"], ["of the memory", "s2"]],
		rows: [...Array(19).keys()].map((i) => i + 12).map((log2) => ({
			log2, iova: log2 < 30 ? pick(data.alignment, log2, "iova") :
				data.alignment.reduce((sum, entry) => sum +
					(entry.log2 >= 30 ? entry.iova : 0), 0),
			memory: log2 < 30 ? pick(data.alignment, log2, "memory") :
				data.alignment.reduce((sum, entry) => sum +
					(entry.log2 >= 30 ? entry.memory : 0), 0),
		})).filter(({iova, memory}) => iova || memory)
			.map(({log2, iova, memory}) => ({label: bytesFrom(log2),
				values: [percent(iova, mapped), percent(memory, mapped)]})),
		says: "The largest power of two that the address is a multiple of. " +
			"A 2 MiB leaf needs both addresses aligned to 2 MiB.",
	}));
	addChart(to, barChart({
		id: "lifetimes", title: "Lifetimes", unit: "mappings",
		xUnit: `from map to unmap, from`, series: [["mappings", "s3"]],
		rows: data.lifetimes.length ? data.lifetimes.map(
			({log2, count: n}) => ({label: timeFrom(log2), values: [n]})) :
			[{label: "none ended", values: [0]}],
		says: "How long mappings live. A bar stands for times up to twice " +
			"its label. Short ones are single requests; what lives long " +
			"is a ring or a pool.",
	}));
	addChart(to, stackChart({
		id: "leaves", title: "Leaf sizes, obtained and possible",
		unit: "% of the bytes",
		series: [["4 KiB", "s1"], ["2 MiB", "s2"], ["1 GiB", "s3"]],
		rows: [["as mapped", "obtained"], ["IOVA aligned", "aligned"],
			["and maps merged", "merged"]].map(([label, kind]) =>
			({label, values: leafMix(kind)})),
		says: "As it was mapped; as it would be if each IOVA had the " +
			"alignment of its memory; and if, besides, maps that continue " +
			"each other in IOVA and memory were one.",
	}));
}

const POLICIES = [["cover", "cover"], ["two-block", "two_block"],
	["exact", "exact"]];

function addFlushing() {
	const lazy = f.flush_lazy_unmaps;
	const to = charts(section("flushing", "Flushing",
		"What each policy of the library would cost on this traffic. cover " +
		"sends one block for each range, as Linux does; two-block at most " +
		"two; exact only what was asked for. Strict flushes after each " +
		`unmap, lazy after ${count(lazy)} unmaps of a domain or before an ` +
		"IOVA is used again."), "three");
	const rows = (what) => ["strict", "lazy"].map((mode) => ({
		label: mode === "lazy" ? `lazy ${lazy}` : mode,
		values: POLICIES.map(([, key]) => flush(mode, key, what))}));
	const one = (id, title, unit, what, says) => addChart(to, barChart({
		id, title, unit, xUnit: "when", rows: rows(what), says,
		tip: (n) => count(n),
		series: POLICIES.map(([name], i) => [name, `s${i + 1}`]),
	}));

	one("flush-calls", "Flush calls", "hypercalls", "calls",
		"Each call costs an exit to the hypervisor. A call holds 508 " +
		"descriptors, so the policies rarely differ here.");
	one("flush-descriptors", "Descriptors", "descriptors", "descriptors",
		"Each descriptor costs time in the hypervisor and a place in the " +
		"queue of the hardware.");
	one("flush-over", "Pages flushed too many", "pages of 4 KiB",
		"over_flushed_pages",
		"Translations that were dropped although nobody asked: each that is " +
		"still in use costs the device a walk.");
	addSavings(to, lazy);
}

function addSavings(to, lazy) {
	const saving = (what, unit, before, after, how) =>
		({what, unit, before, after, how});
	const list = [
		saving("Map by scatter list", "map calls", mapped, f.scatter_lists,
			"maps that begin where the one before ended become one call"),
		saving("Align IOVAs to memory", "leaves", leavesOf("obtained"),
			leavesOf("aligned"), "larger leaves, the same maps"),
		saving("Align and merge", "leaves", leavesOf("obtained"),
			leavesOf("merged"), "larger leaves, and contiguous maps as one"),
		saving("Flush lazily", "flush calls",
			flush("strict", "two_block", "calls"),
			flush("lazy", "two_block", "calls"),
			`one flush for ${count(lazy)} unmaps, where reuse allows`),
		saving("Flush two blocks, not one", "pages flushed too many",
			flush("strict", "cover", "over_flushed_pages"),
			flush("strict", "two_block", "over_flushed_pages"),
			"policy two-block instead of cover, strict"),
		saving("Flush exactly", "pages flushed too many",
			flush("strict", "cover", "over_flushed_pages"),
			flush("strict", "exact", "over_flushed_pages"),
			`policy exact instead of cover, strict; ` +
			`${count(flush("strict", "exact", "descriptors") -
				flush("strict", "cover", "descriptors"))} more descriptors`),
	];

	addChart(to, {
		...rowChart({
			id: "savings", title: "What would have saved how much",
			unit: "% saved", most: 100, key: "s3", wide: true,
			rows: list.map(({what, unit, before, after}) => ({
				label: what,
				counts: after < before ? `${count(before)} → ` +
					`${count(after)} ${unit}` : `${count(before)} ` +
					`${unit}, no fewer`,
				value: before ? Math.max(0, percent(before - after,
					before)) : 0})),
			says: "How much less of it there would have been: map calls, " +
				"leaves written, flush calls, pages flushed without need.",
		}),
		head: ["change", "of", column("as recorded"), column("instead"),
			column("saved"), "how"],
		rows: list.map(({what, unit, before, after, how}) => [what, unit,
			number(before), number(after),
			[share(Math.max(0, before - after), before), true], how]),
	});
}

const KINDS = {
	"double-map": ["Double map", f.double_maps,
		"a part of the range is mapped already"],
	"unknown-unmap": ["Unmap of nothing", f.unknown_unmaps,
		"nothing of the range is mapped"],
	"early-reuse": ["Use within the lazy window", f.early_reuses,
		`the IOVA is mapped again before a lazy flush ` +
		`(${count(f.flush_lazy_unmaps)} unmaps) would have come; a strict ` +
		"domain is safe, a lazy one must hold the IOVA back"],
	"never-unmapped": ["Never unmapped", f.never_unmapped,
		"still mapped when the recording ends"],
};

function eventRow(one) {
	const other = one.other_task === undefined ? "" :
		`mapped by ${taskName(one.other_task)} at ${time(one.other_at)}`;

	return [KINDS[one.kind][0], number(one.event), [time(one.at), true],
		`${taskName(one.task)}${one.pid === null ? "" : `, ${one.pid}`}`,
		one.iova, [bytes(one.bytes), true], other];
}

function addSuspicious() {
	const to = section("suspicious", "Suspicious events",
		"What should not be, or should be known. The first 20 of each kind " +
		"are listed.");
	const box = charts(to);
	const list = data.suspicious;

	addChart(box, {
		...rowChart({
			id: "kinds", title: "By kind", unit: "events", key: "s2",
			says: "How many events of each kind there are.",
			most: Math.max(5, ...Object.values(KINDS).map(([, n]) => n)),
			rows: Object.values(KINDS).map(([label, n]) =>
				({label, counts: count(n), value: n})),
		}),
		head: ["kind", column("events"), "meaning"],
		rows: Object.values(KINDS).map(([name, n, text]) =>
			[name, number(n), text]),
	});
	box.append(element("div", {class: "card"},
		element("h3", {}, "By task"),
		element("p", {class: "says"}, "Who mapped and unmapped. Interrupts " +
			"unmap in the name of the task that they interrupted, often " +
			"<idle>."),
		table("Tasks", ["task", column("maps"), column("unmaps"),
			column("mapped"), column("left"), column("suspicious")],
		[...data.tasks].sort((a, b) => b.maps + b.unmaps - a.maps -
			a.unmaps).map((task) => [taskName(task.task),
			number(task.maps), number(task.unmaps),
			[bytes(task.map_bytes), true], number(task.left),
			number(task.suspicious)]))));
	box.append(element("div", {class: "card wide"},
		element("h3", {}, "The first of each kind"),
		list.length ? table("Suspicious events", ["kind", column("event"),
			column("at"), "task, pid", "IOVA", column("size"), ""],
		list.map(eventRow)) :
			element("p", {class: "none"}, "There is none.")));
}

function addLargest() {
	const to = charts(section("largest", "Largest mappings"));

	to.append(element("div", {class: "card wide"},
		table("The ten largest mappings", [column("size"), "IOVA", "memory",
			column("at"), column("lived"), "task", "domain"],
		data.largest.map((one) => [[bytes(one.bytes), true], one.iova,
			one.memory, [time(one.at), true],
			[one.lived === null ? "to the end" : time(one.lived), true],
			taskName(one.task), one.domain === null ? "not named" :
				one.domain]), true)));
}

/* ---- all of it -------------------------------------------------------- */

function addHead() {
	const name = data.file.split("/").pop();

	document.title = `${name}: IOMMU traffic`;
	document.getElementById("title").textContent = name;
	document.getElementById("about").textContent =
		`${plural(f.maps, "map", "maps")} and ` +
		`${plural(f.unmaps, "unmap", "unmaps")} of ` +
		`${plural(f.domains, "domain", "domains")} by ` +
		`${plural(data.tasks.length, "task", "tasks")}, from ${data.file}.`;
	if (data.complete)
		return;
	document.getElementById("partial").hidden = false;
	document.getElementById("partial").textContent =
		`This is a part of the trace: it ended after ` +
		`${plural(f.events, "event", "events")}, because: ${data.ended}.`;
}

addHead();
addOverview();
addTime();
addSpace();
addShape();
addFlushing();
addSuspicious();
addLargest();
Promise.all(views.map(({plot, chart}) => draw(plot, chart))).then(() => {
	let width = innerWidth;

	document.documentElement.dataset.charts = views.length;
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
		redrawAll);
	addEventListener("resize", () => {
		if (innerWidth !== width)
			redrawAll();
		width = innerWidth;
	});
});
