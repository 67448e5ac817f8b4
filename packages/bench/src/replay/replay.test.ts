import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFeed, packFeed, unpackFeed } from '../book/packed-feed.js';
import { BUNDLED, bundledFeed, replay } from './replay.js';

it('comes with the feed that its recipe makes, to the last message', async () => {
	const packed = await readFile(bundledFeed());
	expect(unpackFeed(packed)).toEqual(makeFeed(BUNDLED));
	expect(packed.length).toBeLessThan(400_000);
});

it('prints the book, the rate and the check', async () => {
	const { lines, isRight } = await replay(bundledFeed(), 2);
	const text = lines.join('\n');
	expect(isRight, text).toBe(true);
	expect(text).toMatch(/orders +lots +bid +ask +lots +orders\n/);
	expect(text).toMatch(/check: [\d,]+ orders, [\d,]+ levels, [\d,]+ lots, as the generator of the feed has them ✓/);
	expect(text).toMatch(/rate: {2}[\d.]+ million messages a second/);
});

it('tells when the book is another than the generator had', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'flux-replay-'));
	try {
		const feed = makeFeed({ seed: 1, live: 50, operations: 500 });
		const path = join(folder, 'feed.gz');
		await writeFile(path, packFeed({ ...feed, figures: { ...feed.figures, lots: feed.figures.lots + 1 } }));
		const wrong = await replay(path, 1);
		expect([wrong.isRight, wrong.lines.join('\n')]).toEqual([false, expect.stringContaining('✗')]);
		// A message that tells of an order which is not there.
		await writeFile(path, packFeed({ ...feed, fill: feed.fill.subarray(4) }));
		expect((await replay(path, 1)).isRight).toBe(false);
		await writeFile(path, packFeed(feed).subarray(0, 100));
		await expect(replay(path, 1)).rejects.toThrow();
	} finally {
		await rm(folder, { recursive: true });
	}
});
