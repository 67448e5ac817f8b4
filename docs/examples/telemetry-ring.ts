/**
 * A flight recorder: the last thousand samples of something that never stops, in a `FluxQueue` that overwrites the oldest.
 *
 * Recording makes no garbage, so it can stay on in production.
 */
import { FluxQueue } from '@flux/containers';
import { f32, f64, struct, u16 } from '@flux/core';

const Sample = struct({ time: f64, sensor: u16, value: f32 });
const recorder = new FluxQueue(Sample, { capacity: 1000, whenFull: 'overwrite' });

for (let tick = 0; tick < 1_000_000; tick++) recorder.emplace(tick / 1000, tick % 4, (tick % 8) / 2);

// Something went wrong: what happened before it?
let sum = 0;
let count = 0;
for (const sample of recorder.views()) {
	if (sample.sensor !== 3) continue;
	sum += sample.value;
	count++;
}
console.log(`${recorder.size} samples from ${recorder.front.time} s, ${recorder.overwritten} overwritten`);
console.log(`sensor 3: ${count} samples, mean ${sum / count}`);
recorder.dispose();

/* prints
1000 samples from 999 s, 999000 overwritten
sensor 3: 250 samples, mean 2.5
*/
