/* SPDX-License-Identifier: Apache-2.0 */
/* The shared suite over the SQLite back end. */
#include "store/folder.h"
#include "store/suite.h"

static tanu_status open_sqlite(struct store **out, bool create, tanu_error *err)
{
	if (create)
		folder_clear();
	return store_sqlite_open(out, folder_file("tanu.db"), create, err);
}

int main(void)
{
	static const struct store_backend sqlite = {"store/sqlite", open_sqlite};

	folder_make();
	return store_suite_run(&sqlite);
}
