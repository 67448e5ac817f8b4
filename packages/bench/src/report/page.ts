import { caseTitle, columnsOf } from './case-table.js';
import { barsOf, type ChartData, linesOf, sizeText } from './chart-data.js';
import { formatMs, formatRatio, formatTime } from './format.js';
import { headlineOf, headlineSentence } from './headline.js';
import { html, join, type Markup } from './markup.js';
import { drawCharts } from './page-charts.js';
import { PAGE_STYLE } from './page-style.js';
import { caseProtocol, GENERAL_PROTOCOL, machineLines, PROTOCOL_TEXT } from './protocol-text.js';
import type { CaseResult, Results } from './results.js';

/** The report as one page that needs nothing else: style, data and the charting library are inside. */
export function renderPage(results: Results, chartLibrary: string): string {
	const charts: Record<string, ChartData> = {};
	const body = html`
<header><h1>FluxMemory for TypeScript: benchmarks</h1><button id="theme" type="button">Light / dark</button></header>
<main>
${hero(results)}
${contents(results)}
${join(scenarioSections(results, charts))}
${protocolSection()}
${machineSection(results)}
</main>
<footer>${results.created.slice(0, 16).replace('T', ' ')} UTC. To repeat it: <code>${results.command}</code></footer>`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>FluxMemory benchmarks</title>
<style>${PAGE_STYLE}</style>
</head>
<body>${body.text}
<script type="application/json" id="charts">${JSON.stringify(charts).replaceAll('<', '\\u003c')}</script>
<script>${chartLibrary.replaceAll('</script', '<\\/script')}</script>
<script>(${drawCharts.toString()})(echarts, JSON.parse(document.getElementById('charts').textContent));</script>
</body>
</html>
`;
}

function hero(results: Results): Markup {
	const headline = headlineOf(results);
	if (headline === undefined) return html``;
	const { flux, malloc, slab, npm } = headline;
	const figure = (value: string, meaning: string): Markup =>
		html`<div class="figure"><b>${value}</b><span>${meaning}</span></div>`;
	const figures = [
		...(malloc === undefined ? [] : [figure(formatRatio(malloc), 'as fast as C++ std::list on malloc')]),
		...(slab === undefined ? [] : [figure(formatRatio(slab), 'as fast as C++ std::list on a slab allocator')]),
		...(npm === undefined ? [] : [figure(formatRatio(npm.ratio), `as fast as the fastest list of npm, ${npm.title}`)]),
		figure(`${formatMs(flux.summary.median)} ms`, `for ${sizeText(headline.size)}, built and destroyed`),
		...(flux.gc === undefined ? [] : [figure(formatTime(flux.gc.longest), 'longest collection in all of its rounds')]),
	];
	return html`<div class="hero"><p>${headlineSentence(headline)}</p><div class="figures">${join(figures)}</div></div>`;
}

function contents({ cases }: Results): Markup {
	const titles = new Map(cases.map(({ scenario, title }) => [scenario, title]));
	const links = [...titles].map(([scenario, title]) => html`<a href="#${scenario}">${title}</a>`);
	return html`<nav>${join(links)}<a href="#protocol">Protocol</a><a href="#machine">Machine</a></nav>
<div class="legend">${join(
		[
			['flux', 'FluxList'],
			['native', 'C++'],
			['plain', 'JavaScript by hand'],
			['npm', 'npm'],
		].map(([kind, title]) => html`<span><i class="key" style="background:var(--${kind})"></i>${title}</span>`),
	)}</div>`;
}

function scenarioSections({ cases }: Results, charts: Record<string, ChartData>): Markup[] {
	const byScenario = new Map<string, CaseResult[]>();
	for (const result of cases) byScenario.set(result.scenario, [...(byScenario.get(result.scenario) ?? []), result]);
	return [...byScenario].map(([scenario, results]) =>
		scenario === 'scaling' ? scalingSection(results, charts) : scenarioSection(results, charts),
	);
}

function scenarioSection(results: readonly CaseResult[], charts: Record<string, ChartData>): Markup {
	const [{ scenario, title, description }] = results;
	const parts = results.map((result) => {
		const id = `chart-${scenario}-${result.protocol}-${result.size}`;
		const chart = barsOf(result);
		charts[id] = chart;
		return html`<h3>${caseTitle(result)}</h3><p class="muted small">${caseProtocol(result)}. Bars: ${chart.unit}.</p>
<div class="chart" id="${id}"></div>${tableOf(result)}`;
	});
	return html`<section id="${scenario}"><h2>${title}</h2><p class="muted">${description}</p>${join(parts)}</section>`;
}

function scalingSection(results: readonly CaseResult[], charts: Record<string, ChartData>): Markup {
	const [{ scenario, title, description }] = results;
	charts['chart-scaling'] = linesOf(results);
	const tables = results.map(
		(result) =>
			html`<details><summary>${sizeText(result.size)}: ${caseProtocol(result)}</summary>${tableOf(result)}</details>`,
	);
	return html`<section id="${scenario}"><h2>${title}</h2><p class="muted">${description}</p>
<div class="chart" id="chart-scaling"></div>${join(tables)}</section>`;
}

function tableOf(result: CaseResult): Markup {
	const columns = columnsOf(result);
	const head = columns.map(({ title, align }) => html`<th class="${align}">${title}</th>`);
	const rows = result.rows.map(
		(row) =>
			html`<tr class="${row.kind}" title="${row.note}">${join(columns.map(({ align, cell }) => html`<td class="${align}">${cell(row)}</td>`))}</tr>`,
	);
	const absent = result.absent.map(({ title, reason }) => html`<li>${title}: ${reason}</li>`);
	return html`<div class="scroll"><table><thead><tr>${join(head)}</tr></thead><tbody>${join(rows)}</tbody></table></div>${
		absent.length === 0 ? html`` : html`<div class="muted small"><p>Without a row:</p><ul>${join(absent)}</ul></div>`
	}`;
}

function protocolSection(): Markup {
	const lines = [...Object.values(PROTOCOL_TEXT), ...GENERAL_PROTOCOL].map((text) => html`<li>${text}</li>`);
	return html`<section id="protocol"><h2>Protocol</h2><ul>${join(lines)}</ul></section>`;
}

function machineSection(results: Results): Markup {
	const lines = machineLines(results).map((text) => html`<li>${text}</li>`);
	return html`<section id="machine"><h2>Machine</h2><ul>${join(lines)}</ul></section>`;
}
