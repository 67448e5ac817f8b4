import type { ChartData } from './chart-data.js';

/** The part of ECharts that the page uses. */
interface Charts {
	init(element: HTMLElement): Chart;
}
interface Chart {
	setOption(option: object, replace: boolean): void;
	resize(): void;
}

/**
 * Draws the charts and serves the theme button. Runs in the page: it is put there by its own text, so it must
 * not reach for anything outside of itself.
 */
export function drawCharts(echarts: Charts, charts: Readonly<Record<string, ChartData>>): void {
	const drawn: { chart: Chart; data: ChartData; element: HTMLElement }[] = [];
	const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

	const bars = (data: ChartData & { type: 'bars' }, narrow: boolean): object => {
		const smallest = Math.min(...data.bars.map(({ value }) => value).filter((value) => value > 0));
		const from = 10 ** Math.floor(Math.log10(smallest * 0.8));
		return {
			aria: { enabled: true, description: data.label },
			animationDuration: 400,
			grid: { left: 8, right: narrow ? 116 : 150, top: 8, bottom: 36, containLabel: true },
			tooltip: {
				trigger: 'item',
				backgroundColor: colour('--card'),
				borderColor: colour('--line'),
				textStyle: { color: colour('--text') },
				formatter: ({ dataIndex }: { dataIndex: number }) => {
					const lines = [data.bars[dataIndex].title, ...data.bars[dataIndex].details.split('\n')];
					const box = document.createElement('div');
					for (const [index, text] of lines.entries()) {
						const line = document.createElement(index === 0 ? 'strong' : 'div');
						line.textContent = text;
						box.append(line);
					}
					return box;
				},
			},
			xAxis: {
				type: data.logarithmic ? 'log' : 'value',
				// Where bars begin: a logarithmic axis has them begin at 1 else, and shorter ones point backwards.
				...(data.logarithmic ? { min: from, startValue: from } : {}),
				name: data.logarithmic && !narrow ? 'logarithmic' : '',
				nameLocation: 'end',
				nameTextStyle: { color: colour('--muted') },
				axisLabel: { color: colour('--muted') },
				splitLine: { lineStyle: { color: colour('--line') } },
			},
			yAxis: {
				type: 'category',
				inverse: true,
				data: data.bars.map(({ title }) => title),
				// On a telephone the names would leave no room for bars: there they stand above them.
				axisLabel: {
					color: colour('--text'),
					fontSize: 13,
					interval: 0,
					...(narrow ? { inside: true, margin: 0, padding: [0, 0, 9, 0], verticalAlign: 'bottom' } : {}),
				},
				z: 10,
				axisLine: { lineStyle: { color: colour('--line') } },
				axisTick: { show: false },
			},
			series: [
				{
					type: 'bar',
					barWidth: narrow ? 12 : '62%',
					label: {
						show: true,
						position: 'right',
						color: colour('--text'),
						formatter: ({ dataIndex }: { dataIndex: number }) => data.bars[dataIndex].text,
					},
					data: data.bars.map(({ value, kind }) => ({
						value,
						itemStyle: { color: colour(`--${kind}`), borderRadius: [0, 4, 4, 0] },
					})),
				},
			],
		};
	};

	const lines = (data: ChartData & { type: 'lines' }): object => ({
		aria: { enabled: true, description: data.label },
		grid: { left: 8, right: 24, top: 64, bottom: 40, containLabel: true },
		legend: { type: 'scroll', top: 4, textStyle: { color: colour('--text') } },
		tooltip: {
			trigger: 'item',
			backgroundColor: colour('--card'),
			borderColor: colour('--line'),
			textStyle: { color: colour('--text') },
			valueFormatter: (value: unknown) => (typeof value === 'number' ? `${value.toFixed(1)} ns` : String(value)),
		},
		xAxis: {
			type: 'log',
			name: 'records',
			nameLocation: 'middle',
			nameGap: 26,
			nameTextStyle: { color: colour('--muted') },
			axisLabel: { color: colour('--muted') },
			splitLine: { lineStyle: { color: colour('--line') } },
		},
		yAxis: {
			type: 'log',
			name: 'ns per record',
			nameTextStyle: { color: colour('--muted') },
			axisLabel: { color: colour('--muted') },
			splitLine: { lineStyle: { color: colour('--line') } },
		},
		series: data.lines.map(({ title, kind, points }) => ({
			type: 'line',
			name: title,
			data: points,
			symbolSize: 7,
			lineStyle: { width: kind === 'flux' ? 3 : 1.5 },
			...(kind === 'flux' ? { itemStyle: { color: colour('--flux') } } : {}),
		})),
	});

	const draw = (): void => {
		for (const { chart, data, element } of drawn) {
			const narrow = element.clientWidth < 600;
			element.style.height = data.type === 'bars' ? `${56 + data.bars.length * (narrow ? 46 : 34)}px` : '460px';
			chart.resize();
			chart.setOption(data.type === 'bars' ? bars(data, narrow) : lines(data), true);
		}
	};

	for (const [id, data] of Object.entries(charts)) {
		const element = document.getElementById(id);
		if (element === null) continue;
		drawn.push({ chart: echarts.init(element), data, element });
	}
	draw();

	const dark = matchMedia('(prefers-color-scheme: dark)');
	document.getElementById('theme')?.addEventListener('click', () => {
		const { dataset } = document.documentElement;
		const isDark = dataset.theme === undefined ? dark.matches : dataset.theme === 'dark';
		dataset.theme = isDark ? 'light' : 'dark';
		draw();
	});
	dark.addEventListener('change', draw);
	addEventListener('resize', draw);
}
