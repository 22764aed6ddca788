// SPDX-License-Identifier: Apache-2.0
// Where in the page we are: what stands behind the '#', which no server ever sees.

import { useEffect, useState } from "preact/hooks";

export type Route = readonly string[];

function routeOf(hash: string): Route {
	return hash.replace(/^#\/?/, "").split("/").filter((part) => part !== "").map(decodeURIComponent);
}

function safeRoute(hash: string): Route {
	try {
		return routeOf(hash);
	} catch {
		return [];
	}
}

export function linkTo(...parts: Route): string {
	return `#/${parts.map(encodeURIComponent).join("/")}`;
}

export function goTo(...parts: Route): void {
	location.hash = linkTo(...parts);
}

export function useRoute(): Route {
	const [route, setRoute] = useState(() => safeRoute(location.hash));
	useEffect(() => {
		const changed = () => setRoute(safeRoute(location.hash));
		addEventListener("hashchange", changed);
		return () => removeEventListener("hashchange", changed);
	}, []);
	return route;
}
