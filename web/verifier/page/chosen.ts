// SPDX-License-Identifier: Apache-2.0
// What the person has put on the page: receipts, the files of a log, a list of trust.

import type { LogFiles } from "../src/log_files";

const FILES_MAX = 200_000;

export interface NamedFile {
	readonly path: string;
	readonly file: File;
}

export interface Chosen {
	readonly receipts: readonly File[];
	readonly log: readonly NamedFile[];
	readonly policy: File | null;
}

export const NOTHING: Chosen = { receipts: [], log: [], policy: null };

/** Files of an <input webkitdirectory>. */
export function folderFiles(files: Iterable<File>): NamedFile[] {
	return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
	return new Promise((good, bad) => entry.file(good, bad));
}

function someOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
	return new Promise((good, bad) => reader.readEntries(good, bad));
}

async function collect(entry: FileSystemEntry, out: NamedFile[]): Promise<void> {
	if (out.length >= FILES_MAX) return;
	if (entry.isFile) {
		out.push({ path: entry.fullPath.replace(/^\//, ""), file: await fileOf(entry as FileSystemFileEntry) });
		return;
	}
	const reader = (entry as FileSystemDirectoryEntry).createReader();
	for (let some = await someOf(reader); some.length > 0; some = await someOf(reader))
		for (const one of some) await collect(one, out);
}

/** Single files are receipts; a folder is a log. What was dropped is gone after the first wait. */
export async function dropped(transfer: DataTransfer): Promise<Pick<Chosen, "receipts" | "log">> {
	const items = Array.from(transfer.items, (item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
	const log: NamedFile[] = [];
	for (const { entry } of items) if (entry?.isDirectory) await collect(entry, log);
	const receipts = items.filter(({ entry }) => !entry?.isDirectory).map(({ file }) => file);
	return { receipts: receipts.filter((file) => file !== null), log };
}

/** Paths count from where the checkpoint lies, the one nearest to the top. */
export function logFiles(files: readonly NamedFile[]): LogFiles {
	const heads = files.filter(({ path }) => path === "checkpoint" || path.endsWith("/checkpoint"));
	const nearest = heads.map(({ path }) => path).sort((a, b) => a.length - b.length)[0] ?? "checkpoint";
	const root = nearest.slice(0, -"checkpoint".length);
	const byPath = new Map(files.map(({ path, file }) => [path, file]));
	return {
		async read(path, bytesMax) {
			const file = byPath.get(root + path);
			if (!file) return "missing";
			if (file.size > bytesMax) return "too-long";
			try {
				return new Uint8Array(await file.arrayBuffer());
			} catch {
				return "unreadable";
			}
		},
	};
}
