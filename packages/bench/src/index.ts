/**
 * The benchmarks of FluxMemory as a library: what `flux-bench` is made of.
 *
 * @packageDocumentation
 */
export { type Headline, headlineOf, headlineSentence } from './report/headline.js';
export { headlinePicture } from './report/headline-picture.js';
export type { Absence, CaseResult, Machine, NativeInfo, Results, Row } from './report/results.js';
export { parseResults, SCHEMA } from './report/results.js';
export { scenarioPicture } from './report/scenario-picture.js';
export { median, quantile, ratios, type Summary, summarize } from './report/statistics.js';
export { writeJson, writePicture, writeReport } from './report/write-report.js';
export type { Repetition } from './run/measure-case.js';
export { CheckMismatchError } from './run/measure-case.js';
export type { NativeBuild } from './run/native-build.js';
export type { NodeBinary } from './run/node-binary.js';
export { type RunListener, type RunOptions, runBenchmark } from './run/run-benchmark.js';
export type { Case, CaseOptions, ProtocolName, ScenarioName } from './scenarios/scenario.js';
export { SCENARIO_NAMES } from './scenarios/scenario.js';
export type { AllocatorLibrary, SubjectInfo, SubjectKind } from './subjects/catalog.js';
export { SUBJECTS } from './subjects/catalog.js';
