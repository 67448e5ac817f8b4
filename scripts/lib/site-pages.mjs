// Tests of the built site in Chromium: pages load, the search finds, and the playground works by mouse and by key.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { launchChromium } from './page.mjs';
import { isolation, SITE, siteServer } from './site.mjs';
import { say } from './steps.mjs';

/** @typedef {import('./portable.mjs').Counts} Counts */
/** @typedef {import('playwright-core').Page} Page */

/** No eval, no inline script, nothing from elsewhere. Styles are those of TypeDoc, which writes some into its pages. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'";

/** How pages are served. TypeDoc's own have a line of script in them; a playground page has none. */
const servings = {
	plain: {},
	isolated: isolation,
	'without eval': { 'Content-Security-Policy': POLICY },
	'isolated, without eval': { ...isolation, 'Content-Security-Policy': POLICY },
};

/** How each page of the playground is run: every serving is met, and each way of working it. @type {[keyof typeof servings, string][]} */
const runs = [
	['plain', 'mouse'],
	['isolated', 'key'],
	['without eval', 'key'],
	['isolated, without eval', 'mouse'],
];

/** @param {boolean} truth @param {string} claim */
function check(truth, claim) {
	if (!truth) throw new Error(claim);
}

/** @param {Page} page @param {string} id */
const textOf = async (page, id) => (await page.textContent(`#${id}`)) ?? '';

/**
 * Waits until the text of an element fulfils a condition.
 *
 * @param {Page} page
 * @param {string} id
 * @param {RegExp} pattern
 */
const until = (page, id, pattern) =>
	page.waitForFunction(
		([name, source]) => new RegExp(source).test(document.getElementById(name)?.textContent ?? ''),
		[id, pattern.source],
		{ timeout: 60_000 },
	);

/** How a control is worked: by mouse, or by key alone. @typedef {(page: Page, id: string) => Promise<void>} Press */

/** @type {Record<string, Press>} */
const ways = {
	mouse: (page, id) => page.click(`#${id}`),
	/** Tabs to it, as a person would. */
	async key(page, id) {
		await page.evaluate(() =>
			document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined,
		);
		for (let tabs = 0; tabs < 80; tabs++) {
			await page.keyboard.press('Tab');
			if ((await page.evaluate(() => document.activeElement?.id)) === id) return page.keyboard.press('Enter');
		}
		throw new Error(`#${id} is not reached by the Tab key`);
	},
};

/** What each page of the playground must do; what takes long, only where the whole is asked for. @type {Record<string, (page: Page, press: Press, whole: boolean) => Promise<void>>} */
const playground = {
	async index(page) {
		check((await page.locator('.cards a').count()) === 3, 'three pages are linked');
	},

	async slab(page, press) {
		const live = async () => Number((await textOf(page, 'figures')).split(' ')[0]);
		check((await live()) === 15, 'it begins with 15 nodes');
		await press(page, 'push-a');
		check((await live()) === 16, 'a push takes a node');
		const bits = await textOf(page, 'bitmap');
		check(bits.split('1').length === 17, 'and sets a bit');
		await press(page, 'splice');
		check((await page.locator('.nodes [data-place=b]').count()) === 0, 'splice leaves nothing in B');
		check((await textOf(page, 'bitmap')) === bits, 'and no node moves');
		const before = await page.getAttribute('#links .link-a', 'points');
		await press(page, 'sort');
		check((await page.getAttribute('#links .link-a', 'points')) !== before, 'sort changes the links');
		check((await textOf(page, 'bitmap')) === bits, 'and no node');
		await press(page, 'erase-any');
		check((await live()) === 15, 'erase gives a node back');
		await press(page, 'clear');
		check((await live()) === 0, 'clear gives all back');
		await press(page, 'push-b');
		// The nodes themselves: by arrow keys, and Delete.
		await page.focus('.nodes button[tabindex="0"]');
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('ArrowLeft');
		check(/list B/.test(await textOf(page, 'words-title')), 'the words of the chosen node are shown');
		await page.keyboard.press('Delete');
		check((await live()) === 0, 'Delete erases it');
		await page.evaluate(() => {
			for (let pushed = 0; pushed < 600; pushed++) document.getElementById('push-a')?.click();
		});
		check(/FLUX_OUT_OF_MEMORY/.test(await textOf(page, 'status')), 'a full arena says so');
		const [blocks] = (await textOf(page, 'block-figures')).split(' ');
		await press(page, 'allocate');
		check((await textOf(page, 'block-figures')).startsWith(`${Number(blocks) + 1} blocks`), 'a block is allocated');
		await press(page, 'free-first');
		await press(page, 'free-again');
		check(/FLUX_DOUBLE_FREE/.test(await textOf(page, 'block-status')), 'freeing twice is told');
		await press(page, 'reset');
		check((await page.locator('.bit.live').count()) === 0, 'reset clears the bitmap');
		await press(page, 'run');
		await page.waitForFunction(() => (document.querySelectorAll('.nodes [data-place=b]').length ?? 0) > 1);
		await press(page, 'run');
	},

	async 'order-book'(page, press) {
		await until(page, 'status', /^Paused/);
		check(/[\d,]+/.test(await textOf(page, 'orders')), 'there is a book');
		check((await page.locator('#bids tr').count()) === 10, 'the ladder has ten rows a side');
		await press(page, 'step');
		check((await textOf(page, 'operations')) !== '0', 'a batch is applied');
		await press(page, 'run');
		await until(page, 'operations', /\d,\d{3},\d{3}/);
		await until(page, 'rate', /\d/);
		await press(page, 'run');
		check(/Paused/.test(await textOf(page, 'status')), 'it pauses');
		check(/ns$/.test(await textOf(page, 'p99')), 'times are shown');
		check((await textOf(page, 'refused')) === '0', 'every message of the feed was applied, round after round');
		check((await textOf(page, 'trades')) !== '0', 'there were trades');
		const crossed = await page.evaluate(() => {
			const price = (/** @type {string} */ row) => Number(document.querySelector(row)?.textContent);
			return price('#asks tr:last-child td') <= price('#bids tr:first-child td');
		});
		check(!crossed, 'the book is not crossed');
		await press(page, 'reset');
		check((await textOf(page, 'operations')) === '0', 'a new book counts from zero');
		await page.focus('#speed');
		const wanted = await textOf(page, 'wanted');
		await page.keyboard.press('ArrowLeft');
		check((await textOf(page, 'wanted')) !== wanted, 'the arrow keys change the rate');
		await page.selectOption('#source', 'match');
		await press(page, 'step');
		check((await textOf(page, 'operations')) !== '0', 'the book matches orders as well');
	},

	async 'frame-times'(page, press, whole) {
		await page.selectOption('#live', '20000');
		await press(page, 'run');
		await until(page, 'flux-frames', /[1-9]/);
		await press(page, 'run');
		check(/Stopped/.test(await textOf(page, 'status')), 'it stops');
		if (!whole) return;
		await press(page, 'run');
		await until(page, 'status', /Both came to the same sum/);
		for (const side of ['plain', 'flux']) {
			check((await textOf(page, `${side}-frames`)) === '360', `${side} had 360 frames`);
			check(/ms$/.test(await textOf(page, `${side}-worst`)), `${side} has a worst frame`);
		}
	},
};

/**
 * @param {import('playwright-core').Browser} browser
 * @param {Record<string, string>} headers
 * @param {(page: Page, base: string) => Promise<void>} work
 */
async function withPage(browser, headers, work) {
	const server = siteServer(headers);
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const address = server.address();
	const page = await browser.newPage();
	/** @type {string[]} */
	const trouble = [];
	page.on('pageerror', (error) => trouble.push(String(error.stack ?? error)));
	page.on('response', (response) => {
		if (response.status() >= 400) trouble.push(`${response.url()}: ${response.status()}`);
	});
	page.on('console', (message) => {
		// Where eval is forbidden the packages try it once, and Chromium notes that.
		if (message.type() === 'error' && !/unsafe-eval/.test(message.text())) trouble.push(message.text());
	});
	try {
		await work(page, `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
		check(trouble.length === 0, trouble.join('\n'));
	} finally {
		await page.close();
		server.closeAllConnections();
		server.close();
	}
}

/** The pages of the site; source pages are all made alike, so of these only a few. */
function pagesOfSite() {
	const files = readdirSync(SITE, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
	const pages = files.filter(
		(file) => file.endsWith('.html') && (!file.startsWith('source/') || file.endsWith('/index.ts.html')),
	);
	check(pages.length > 150, `there are only ${pages.length} pages`);
	return pages;
}

/** Pages of every kind that there is: all guides and all of the playground, and of the API one of each kind. */
const kinds = () =>
	pagesOfSite().filter(
		(file) =>
			/^(\w+\.html|documents\/.*|playground\/.*)$/.test(file) ||
			/\.(FluxList|FluxListConstructor|Heap|NodeError|struct|uncross|u32|Infer|Results)\.html$/.test(file) ||
			/^modules\//.test(file) ||
			/core\/src\/index\.ts/.test(file),
	);

/**
 * What axe-core finds on a page that is serious or worse, in words. `what`: `all` of it; `own` leaves the navigation out, which is
 * the same on all pages and most of each; `colours` looks at contrast alone, which is what a theme changes.
 *
 * @param {Page} page
 * @param {'all' | 'own' | 'colours'} what
 * @returns {Promise<string[]>}
 */
async function barriers(page, what) {
	await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
	return page.evaluate(async (what) => {
		/** @typedef {{ impact: string, id: string, nodes: { html: string, any: { message: string }[] }[] }} Violation */
		const { axe } = /** @type {{ axe: { run(where: object, how: object): Promise<{ violations: Violation[] }> } }} */ (
			/** @type {unknown} */ (globalThis)
		);
		const { violations } = await axe.run(what === 'all' ? document : { exclude: ['.tsd-navigation'] }, {
			resultTypes: ['violations'],
			...(what === 'colours' ? { runOnly: ['color-contrast'] } : {}),
		});
		return violations
			.filter(({ impact }) => impact === 'serious' || impact === 'critical')
			.flatMap(({ id, nodes }) =>
				nodes.slice(0, 3).map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
			);
	}, what);
}

/** In a soak all of some pages that are made alike, else every nth. @param {string[]} files @param {number} nth */
const some = (files, nth) => files.filter((_, at) => process.env.FLUX_SOAK === '1' || at % nth === 0);

/** @param {'light' | 'dark'} colorScheme @returns {(page: Page, base: string) => Promise<void>} */
const openToAll = (colorScheme) => async (page, base) => {
	await page.emulateMedia({ colorScheme });
	const isGuide = (/** @type {string} */ file) => file.startsWith('documents/');
	const files = [...kinds().filter((file) => !isGuide(file)), ...some(kinds().filter(isGuide), 4)];
	for (const [at, file] of files.entries()) {
		await page.goto(`${base}/${file}`);
		const found = await barriers(page, at === 0 ? 'all' : colorScheme === 'light' ? 'own' : 'colours');
		check(found.length === 0, `${file}, ${colorScheme}:\n${found.join('\n')}`);
	}
};

/** Tests of the whole site, by name; what takes longest first. @type {Record<string, (page: Page, base: string) => Promise<void>>} */
const site = {
	'pages of every kind are open to all, in the light theme': openToAll('light'),

	'pages of every kind are open to all, in the dark theme': openToAll('dark'),

	async 'pages load without an error, and fit a narrow screen'(page, base) {
		/** @type {Set<string>} */
		const elsewhere = new Set();
		page.on('request', (request) => void (request.url().startsWith(base) || elsewhere.add(request.url())));
		await page.setViewportSize({ width: 360, height: 800 });
		for (const file of new Set([...kinds(), ...some(pagesOfSite(), 20)])) {
			const response = await page.goto(`${base}/${file}`);
			check(response?.status() === 200, `${file} is not served`);
			check((await page.locator('h1').count()) > 0, `${file} has no heading`);
			const width = await page.evaluate(() => document.documentElement.scrollWidth);
			check(width <= 360, `${file} is ${width} pixels wide`);
		}
		check(elsewhere.size === 0, `the site asks for ${[...elsewhere].join(', ')}`);
	},

	async 'the search finds FluxList.splice'(page, base) {
		// By its name, by the one in C++, and by a part of it.
		for (const typed of ['FluxList.splice', 'std::list::splice', 'splice']) {
			await page.goto(`${base}/index.html`);
			await page.click('#tsd-search-trigger');
			await page.fill('#tsd-search-input', typed);
			const found = page.locator('#tsd-search-results a', { hasText: 'FluxList.splice' }).first();
			await found.waitFor({ timeout: 30_000 });
			await found.click();
			await page.waitForURL(/FluxList\.html#splice/);
		}
	},

	async 'the search finds words of guides'(page, base) {
		await page.goto(`${base}/classes/_flux_core.Heap.html`);
		await page.click('#tsd-search-trigger');
		await page.fill('#tsd-search-input', 'MurmurHash3_x86_128');
		await page.locator('#tsd-search-results a', { hasText: 'Snapshots' }).first().waitFor({ timeout: 30_000 });
	},

	async 'a class has a table of costs and errors, and leads to its source'(page, base) {
		await page.goto(`${base}/interfaces/_flux_containers.FluxList.html`);
		const row = page.locator('.costs tr', { hasText: 'erase(node)' });
		check(/O\(1\).*NodeError.*EndError/s.test((await row.textContent()) ?? ''), 'erase has a cost and errors');
		await page.locator('.tsd-sources a').first().click();
		await page.waitForURL(/source\/packages\/containers\/src\/list\/list\.ts\.html#L\d+$/);
		const line = await page.textContent(`#${new URL(page.url()).hash.slice(1)}`);
		check(/\d+\S*\s*\S/.test(line ?? ''), `the line is ${line}`);
	},

	async 'the navigation leads to the playground'(page, base) {
		await page.goto(`${base}/classes/_flux_core.Heap.html`);
		await page.locator('a', { hasText: 'Playground' }).first().click();
		await page.waitForURL(`${base}/playground/index.html`);
	},

	async 'controls of the playground have names'(page, base) {
		for (const name of Object.keys(playground)) {
			await page.goto(`${base}/playground/${name}.html`);
			const nameless = await page.evaluate(() =>
				[...document.querySelectorAll('button, select, input, canvas, [role=img], [role=group], section')]
					.filter((control) => {
						const label = control.getAttribute('aria-label') ?? control.getAttribute('aria-labelledby');
						const inLabel = control.closest('label')?.textContent?.trim();
						return !label && !inLabel && !(control instanceof HTMLButtonElement && control.textContent?.trim());
					})
					.map((control) => control.outerHTML.slice(0, 120)),
			);
			check(nameless.length === 0, `${name}: ${nameless.join('\n')}`);
		}
	},
};

/**
 * Runs all of it; where there is no Chromium, says so and counts nothing.
 *
 * @returns {Promise<Counts>}
 */
export async function countSitePages() {
	const counts = { passed: 0, failed: 0 };
	const browser = await launchChromium();
	if (browser === undefined) return counts;
	/** @type {[name: string, work: () => Promise<void>][]} */
	const tests = [];
	for (const [name, work] of Object.entries(site)) tests.push([name, () => withPage(browser, {}, work)]);
	for (const [name, work] of Object.entries(playground)) {
		for (const [serving, way] of runs) {
			tests.push([
				`the page ${name} works by ${way}, served ${serving}`,
				() =>
					withPage(browser, servings[serving], async (page, base) => {
						await page.goto(`${base}/playground/${name}.html`);
						const isolated = await page.evaluate(() => crossOriginIsolated);
						check(isolated === serving.startsWith('isolated'), `crossOriginIsolated is ${isolated}`);
						await work(page, ways[way], serving === 'plain');
					}),
			]);
		}
	}
	/** @param {string} name @param {() => Promise<void>} work */
	const test = async (name, work) => {
		try {
			await work();
			counts.passed++;
		} catch (error) {
			counts.failed++;
			say(`  not ok ${name}\n${error instanceof Error ? error.stack : error}`);
		}
	};
	const next = tests.values();
	const lane = async () => {
		for (const [name, work] of next) await test(name, work);
	};
	try {
		// A page waits for its frames, its server and its script by turns; another one works meanwhile.
		await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
	} finally {
		await browser.close();
	}
	return counts;
}
