// Runs the portable tests in Chromium, in pages under policies that forbid `eval`, WebAssembly, both or nothing, each
// cross-origin isolated and not.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { isolation } from './site.mjs';
import { root, say } from './steps.mjs';

/** @typedef {import('./portable.mjs').Counts} Counts */

const policies = [
	{ title: 'no policy', policy: undefined, eval: true, wasm: true },
	{ title: 'eval forbidden', policy: "script-src 'self' 'wasm-unsafe-eval'", eval: false, wasm: true },
	{ title: 'eval and WebAssembly forbidden', policy: "script-src 'self'", eval: false, wasm: false },
].flatMap((policy) => [
	{ ...policy, isolated: false },
	{ ...policy, title: `${policy.title}, cross-origin isolated`, isolated: true },
]);

/** The path of a Chromium on this machine, or undefined. CHROMIUM_PATH comes first. */
export function findChromium() {
	const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
	const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
	const candidates = [
		process.env.CHROMIUM_PATH ?? '',
		...directories.flatMap((directory) => names.map((name) => join(directory, name))),
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
		'/Applications/Chromium.app/Contents/MacOS/Chromium',
		'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
		'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
	];
	return candidates.find((file) => file !== '' && existsSync(file));
}

/** @param {string} file relative to the root of the checkout */
const source = (file) => readFileSync(join(root, file), 'utf8');

/**
 * What the server answers. A browser knows no bare specifier, and an import map is an inline script, which the policies
 * forbid; so the one bare import of the containers is written out here.
 *
 * @type {Record<string, () => string>}
 */
const scripts = {
	'/core.js': () => source('packages/core/dist/index.js'),
	'/containers.js': () => source('packages/containers/dist/index.js').replaceAll("'@flux/core'", "'/core.js'"),
	'/packages/containers/test/portable.mjs': () => source('packages/containers/test/portable.mjs'),
	'/scripts/portable/report.mjs': () => source('scripts/portable/report.mjs'),
	'/scripts/portable/page.mjs': () => source('scripts/portable/page.mjs'),
	'/scripts/portable/web-workers.mjs': () => source('scripts/portable/web-workers.mjs'),
	'/scripts/portable/web-worker.mjs': () => source('scripts/portable/web-worker.mjs'),
};

const PAGE = '<!doctype html><title>FluxMemory</title><script type="module" src="/scripts/portable/page.mjs"></script>';

/**
 * @typedef {{ name: string, error?: string }} Result
 * @param {Pick<(typeof policies)[number], 'policy' | 'isolated'>} headers
 * @param {(results: Result[]) => void} deliver
 */
function serve({ policy, isolated }, deliver) {
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? '/', 'http://localhost').pathname;
		if (policy !== undefined) response.setHeader('Content-Security-Policy', policy);
		if (isolated) for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
		if (request.method === 'POST') {
			let body = '';
			request.setEncoding('utf8').on('data', (text) => {
				body += text;
			});
			request.on('end', () => {
				response.end();
				deliver(JSON.parse(body));
			});
		} else if (path === '/') {
			response.setHeader('Content-Type', 'text/html; charset=utf-8').end(PAGE);
		} else if (scripts[path] !== undefined) {
			response.setHeader('Content-Type', 'text/javascript; charset=utf-8').end(scripts[path]());
		} else {
			response.writeHead(404).end();
		}
	});
	return server;
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {(typeof policies)[number]} policy
 * @returns {Promise<Result[]>}
 */
async function runPage(browser, { policy, ...expected }) {
	const { isolated } = expected;
	/** @type {string[]} */
	const trouble = [];
	/** @type {(results: Result[]) => void} */
	let deliver = () => {};
	const delivered = /** @type {Promise<Result[]>} */ (
		new Promise((resolve) => {
			deliver = resolve;
		})
	);
	const server = serve({ policy, isolated }, deliver);
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const page = await browser.newPage();
	let timer;
	try {
		const failed = new Promise((_, reject) => {
			// A policy's refusal of `eval` is reported as an error of the console; only what is thrown counts.
			page.on('pageerror', (error) => reject(error));
			page.on('console', (message) => trouble.push(message.text()));
			page.on('requestfailed', (request) => reject(new Error(`${request.url()} could not be loaded`)));
			timer = setTimeout(() => reject(new Error('the page did not answer within a minute')), 60_000);
		});
		const answer = Promise.race([delivered, failed]);
		// Where the page cannot even be opened, `goto` throws, and nobody waits for the answer any more.
		answer.catch(() => {});
		await page.goto(`http://127.0.0.1:${port}/?eval=${expected.eval}&wasm=${expected.wasm}&isolated=${isolated}`);
		return await answer;
	} catch (error) {
		return [{ name: 'the page runs', error: [error, ...trouble].join('\n') }];
	} finally {
		clearTimeout(timer);
		await page.close();
		server.closeAllConnections();
		server.close();
	}
}

/** A Chromium of this machine; where there is none, says so and returns undefined. */
export async function launchChromium() {
	const executablePath = findChromium();
	if (executablePath === undefined) {
		say('  skipped: no Chromium or Chrome is installed here; CHROMIUM_PATH may name one.');
		return undefined;
	}
	const { chromium } = await import('playwright-core');
	return chromium.launch({
		executablePath,
		args: [
			...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
			...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
		],
	});
}

/**
 * Runs the portable tests under every policy; where there is no Chromium, says so and counts nothing.
 *
 * @returns {Promise<Counts>}
 */
export async function countPages() {
	const counts = { passed: 0, failed: 0 };
	const browser = await launchChromium();
	if (browser === undefined) return counts;
	try {
		for (const policy of policies) {
			for (const { name, error } of await runPage(browser, policy)) {
				if (error === undefined) {
					counts.passed++;
				} else {
					counts.failed++;
					say(`  not ok (${policy.title}) ${name}\n${error}`);
				}
			}
		}
	} finally {
		await browser.close();
	}
	return counts;
}
