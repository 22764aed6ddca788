-- SPDX-License-Identifier: Apache-2.0
-- Nothing: this number belongs to a change that comes from elsewhere.
SELECT 1;
