// SPDX-License-Identifier: Apache-2.0
// The files of the site's public log, fetched as anybody may.

import type { Bytes } from "../../verifier/src/bytes";
import type { LogFiles } from "../../verifier/src/log_files";

const NOT_FOUND = 404;

export const logByHttp: LogFiles = {
	async read(path, bytesMax) {
		try {
			const response = await fetch(`/log/${path}`, { credentials: "omit", redirect: "error" });
			if (response.status === NOT_FOUND) return "missing";
			if (!response.ok) return "unreadable";
			const bytes: Bytes = new Uint8Array(await response.arrayBuffer());
			return bytes.length > bytesMax ? "too-long" : bytes;
		} catch {
			return "unreadable";
		}
	},
};
