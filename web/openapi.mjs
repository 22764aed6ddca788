// SPDX-License-Identifier: Apache-2.0
// The contract as TypeScript: src/api/openapi.yaml -> dist/generated/contract.ts, one interface a
// schema, and for every operation what is sent and what comes back. Nothing of it is written by hand.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const here = dirname(fileURLToPath(import.meta.url));
const contract = parse(readFileSync(join(here, "../src/api/openapi.yaml"), "utf8"));
const METHODS = ["get", "post", "put", "delete"];

function resolve(node) {
	if (!node?.$ref) return node;
	return node.$ref.slice(2).split("/").reduce((place, word) => place[word], contract);
}

function objectType({ properties, required = [] }) {
	if (!properties) return "Readonly<Record<string, unknown>>";
	const fields = Object.entries(properties).map(
		([name, schema]) => `readonly ${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema)}`,
	);
	return `{ ${fields.join("; ")} }`;
}

function typeOf(schema) {
	if (schema.$ref) return schema.$ref.split("/").at(-1);
	if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
	switch (schema.type) {
		case "string":
			return "string";
		case "integer":
		case "number":
			return "number";
		case "boolean":
			return "boolean";
		case "array":
			return `readonly (${typeOf(schema.items)})[]`;
		case "object":
			return objectType(schema);
		default:
			throw new Error(`a schema of type ${schema.type} is not understood`);
	}
}

const BODIES = { "application/json": "json", "text/plain": "text", "text/csv": "csv", "image/jpeg": "jpeg" };
const ANSWERS = { "application/json": "json", "text/plain": "text", "application/pdf": "blob", "text/event-stream": "stream", "application/jwk-set+json": "text" };

function sentOf(operation) {
	const content = resolve(operation.requestBody)?.content;
	const kind = content && Object.keys(content).find((type) => type in BODIES);
	if (content && !kind) throw new Error(`${operation.operationId}: a body of ${Object.keys(content)} is not understood`);
	if (!kind) return { word: null, type: "undefined" };
	if (kind === "application/json") return { word: "json", type: typeOf(content[kind].schema) };
	return { word: BODIES[kind], type: kind === "image/jpeg" ? "Blob" : "string" };
}

function answerOf(operation) {
	const good = Object.entries(operation.responses).find(([status]) => /^20/.test(status));
	const content = good && resolve(good[1]).content;
	const kind = content && Object.keys(content).find((type) => type in ANSWERS);
	if (content && !kind) throw new Error(`${operation.operationId}: an answer of ${Object.keys(content)} is not understood`);
	if (!kind) return { word: "none", type: "undefined" };
	if (kind === "application/json") return { word: "json", type: typeOf(content[kind].schema) };
	return { word: ANSWERS[kind], type: kind === "application/pdf" ? "Blob" : "string" };
}

function parametersType(list, where) {
	const fields = list
		.filter((parameter) => parameter.in === where)
		.map((parameter) => `readonly ${parameter.name}${parameter.required ? "" : "?"}: ${typeOf(parameter.schema)}`);
	return fields.length > 0 ? `{ ${fields.join("; ")} }` : "Nothing";
}

const types = [];
const table = [];
for (const [path, row] of Object.entries(contract.paths))
	for (const method of METHODS.filter((one) => one in row)) {
		const operation = row[method];
		const list = [...(row.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
		const sent = sentOf(operation);
		const answer = answerOf(operation);
		types.push(
			`\t${operation.operationId}: { path: ${parametersType(list, "path")}; query: ${parametersType(list, "query")}; ` +
				`body: ${sent.type}; answer: ${answer.type} };`,
		);
		const repeats = list.some((parameter) => parameter.name === "Idempotency-Key");
		const tagged = "304" in operation.responses;
		table.push(
			`\t${operation.operationId}: ${JSON.stringify({ method: method.toUpperCase(), path, sent: sent.word, answer: answer.word, repeats, tagged })},`,
		);
	}
const schemas = Object.entries(contract.components.schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`);

mkdirSync(join(here, "dist/generated"), { recursive: true });
writeFileSync(
	join(here, "dist/generated/contract.ts"),
	[
		"// Made by web/openapi.mjs out of src/api/openapi.yaml; changes here are lost.",
		"export type Nothing = Readonly<Record<never, never>>;",
		...schemas,
		"export interface Operations {",
		...types,
		"}",
		"export interface Operation {",
		'\treadonly method: string; readonly path: string; readonly sent: string | null; readonly answer: string;',
		"\treadonly repeats: boolean; readonly tagged: boolean;",
		"}",
		"export const OPERATIONS: Readonly<Record<keyof Operations, Operation>> = {",
		...table,
		"};",
		"",
	].join("\n"),
);
