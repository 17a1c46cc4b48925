import type { z } from "zod";

/** What an author may write for a schema: plain data that nobody changes. Comments on the schema's keys are its documentation. */
export type Declared<Schema extends z.ZodType> = Unchanging<z.input<Schema>>;

type Unchanging<T> = T extends string | number | boolean ? T : { readonly [Key in keyof T]: Unchanging<T[Key]> };
