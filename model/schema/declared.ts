import type { z } from "zod";

/** The read-only plain data that an author may write for a schema. Comments on the schema's keys are its documentation. */
export type Declared<Schema extends z.ZodType> = Unchanging<z.input<Schema>>;

type Unchanging<T> = T extends string | number | boolean ? T : { readonly [Key in keyof T]: Unchanging<T[Key]> };
