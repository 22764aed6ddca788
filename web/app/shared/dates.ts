// SPDX-License-Identifier: Apache-2.0
// Dates without a time of day, as the contract has them.

export function isoDate(date: Date): string {
	const two = (n: number) => String(n).padStart(2, "0");
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function yearsFromNow(years: number): string {
	const date = new Date();
	date.setFullYear(date.getFullYear() + years);
	date.setDate(date.getDate() - 1);
	return isoDate(date);
}

export function ageOf(born: string, now = new Date()): number {
	const [year = 0, month = 1, day = 1] = born.split("-").map(Number);
	const passed = now.getMonth() + 1 > month || (now.getMonth() + 1 === month && now.getDate() >= day);
	return now.getFullYear() - year - (passed ? 0 : 1);
}
