/** The feed that the site bundles: whole, never crossed, and its round follows itself for ever. */
import { ItchFeed } from '@flux/containers';
import { describe, expect, test } from 'vitest';
import { FeedDrive } from '../docs/playground/drives.js';
import { makeFeed, SYMBOL } from '../docs/playground/feed-maker.js';

const bytes = makeFeed();

/** From the opening of the market to its close. */
function messagesPerRound(feed: Uint8Array): number {
	const events: number[] = [];
	let messages = 0;
	for (let at = 0; at < feed.length; at += 2 + ((feed[at] << 8) | feed[at + 1])) {
		if (String.fromCharCode(feed[at + 2]) === 'S') events.push(messages);
		messages++;
	}
	const [, opens, closes] = events;
	return closes - opens;
}

describe('the bundled feed', () => {
	test('is the same each time, and of a size for a page', () => {
		expect(Buffer.compare(makeFeed(), bytes)).toBe(0);
		expect(bytes.length).toBeGreaterThan(2_000_000);
		expect(bytes.length).toBeLessThan(6_000_000);
	});

	test('has no message that cannot be applied, and never crosses', () => {
		const feed = new ItchFeed({ onProblem: (problem) => expect(problem).toBeUndefined() });
		const types = new Map<string, number>();
		for (let at = 0; at < bytes.length; ) {
			const length = (bytes[at] << 8) | bytes[at + 1];
			const type = String.fromCharCode(bytes[at + 2]);
			types.set(type, (types.get(type) ?? 0) + 1);
			feed.apply(bytes, at + 2, length);
			if (feed.book(SYMBOL)?.crossed) throw new Error(`crossed at byte ${at}`);
			at += 2 + length;
		}
		expect([feed.messages > 100_000, feed.problems]).toEqual([true, 0]);
		expect([...types.keys()].sort().join('')).toBe('ADERSUX');
		feed.dispose();
	});

	test('comes back to where it began, round after round', () => {
		const drive = new FeedDrive(bytes);
		const { book } = drive;
		const begin = JSON.stringify(book.depth());
		const messages = messagesPerRound(bytes);
		for (let round = 1; round <= 20; round++) {
			for (let done = 0; done < messages; done += 1000) {
				drive.prepare();
				drive.apply(Math.min(1000, messages - done));
				expect(book.crossed).toBe(false);
			}
			expect(drive.refused).toBe(0);
			expect(JSON.stringify(book.depth())).toBe(begin);
		}
		book.validate();
		expect(begin.length).toBeGreaterThan(1000);
		drive.dispose();
	});
});
