// SPDX-License-Identifier: Apache-2.0
import type { Session } from "contract";
import { createContext } from "preact";

/** What is done with the session of somebody who has just come in. */
export const EnterContext = createContext<(session: Session) => void>(() => undefined);
