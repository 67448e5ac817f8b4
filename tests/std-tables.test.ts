/**
 * The tables "member by member": each member of the C++ container is in the guide, and so is each member of ours.
 * The members of C++ are those of ISO C++23, [list], [vector], [queue] and [unord.map], and their non-member functions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from './snippets.testing.js';

const words = (text: string): string[] => text.trim().split(/\s+/);

const TYPES = 'value_type size_type reference const_reference';
const ITERATED = `${TYPES} difference_type allocator_type pointer const_pointer iterator const_iterator`;
const REVERSED = `${ITERATED} reverse_iterator const_reverse_iterator rbegin crbegin rend crend`;
const RANGE = 'get_allocator begin cbegin end cend empty size max_size clear insert insert_range emplace erase swap';
const SEQUENCE = `${REVERSED} ${RANGE} operator= assign assign_range front back push_back emplace_back append_range pop_back
	resize operator== operator<=> std::swap std::erase std::erase_if`;

const containers = [
	{
		guide: 'from-std-list',
		source: 'list/list.ts',
		ours: 'FluxList',
		theirs: `${SEQUENCE} list ~list push_front emplace_front prepend_range pop_front merge splice remove remove_if reverse
			unique sort`,
	},
	{
		guide: 'from-std-vector',
		source: 'vector/vector.ts',
		ours: 'FluxVector',
		theirs: `${SEQUENCE} vector ~vector at operator[] data reserve capacity shrink_to_fit`,
	},
	{
		guide: 'from-std-queue',
		source: 'queue/queue.ts',
		ours: 'FluxQueue',
		theirs: `${TYPES} queue ~queue operator= container_type front back empty size push push_range emplace pop swap operator==
			operator<=> std::swap uses_allocator`,
	},
	{
		guide: 'from-std-unordered-map',
		source: 'hash-map/hash-map.ts',
		ours: 'FluxHashMap',
		theirs: `${ITERATED} ${RANGE} key_type mapped_type hasher key_equal local_iterator const_local_iterator node_type
			insert_return_type unordered_map ~unordered_map operator= insert_or_assign emplace_hint try_emplace extract merge at
			operator[] count find contains equal_range bucket_count max_bucket_count bucket_size bucket load_factor
			max_load_factor rehash reserve hash_function key_eq operator== std::swap std::erase_if`,
	},
];

/** What stands in code in the rows of tables. */
function codeInTables(guide: string): string {
	const rows = readFileSync(join(root, 'docs', 'guides', `${guide}.md`), 'utf8')
		.split('\n')
		.filter((line) => line.startsWith('|'));
	return rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, code]) => ` ${code} `)).join('\n');
}

/** What the second column of the tables calls, as `insert(position, record)`. */
function callsInTables(guide: string): string[] {
	const rows = readFileSync(join(root, 'docs', 'guides', `${guide}.md`), 'utf8').match(/^\|.*\|$/gm) ?? [];
	const cells = rows.map((row) => row.split(/(?<!\\)\|/)[2] ?? '');
	const code = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, each]) => each));
	return [...new Set(code.flatMap((each) => [...each.matchAll(/(?<!\w)([a-z]\w*)\(/g)].map(([, name]) => name)))];
}

/** A name, not as a part of another one. */
const names = (code: string, name: string): boolean =>
	new RegExp(`(?<![\\w~=<>])${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w=>])`).test(code);

/** The members of an interface and of its constructor, by their names; what begins with `[` is a symbol. */
function membersOf(source: string, ours: string): string[] {
	const path = join(root, 'packages', 'containers', 'src', source);
	const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022);
	const interfaces = file.statements
		.filter(ts.isInterfaceDeclaration)
		.filter(({ name }) => name.text === ours || name.text === `${ours}Constructor`);
	expect(interfaces.length).toBe(2);
	const members = interfaces.flatMap((each) => each.members.map((member) => member.name?.getText(file) ?? ''));
	return [...new Set(members)].filter((name) => name !== '' && name !== 'prototype' && !name.startsWith('['));
}

describe.each(containers)('$guide', ({ guide, source, ours, theirs }) => {
	const code = codeInTables(guide);

	test('has every member of C++', () => {
		expect(words(theirs).filter((name) => !names(code, name))).toEqual([]);
	});

	test('has every member of ours', () => {
		const members = membersOf(source, ours);
		expect(members.length).toBeGreaterThan(20);
		expect(members.filter((name) => !names(code, name))).toEqual([]);
	});

	test('names no member that there is not', () => {
		const members = membersOf(source, ours);
		expect(callsInTables(guide).filter((name) => !members.includes(name))).toEqual([]);
	});
});
