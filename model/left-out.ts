/**
 * Tells the policies that a run leaves out resources which it would make (`--exclude`): `1` in the environment of `pulumi`. The engine
 * asks no provider about such a resource, and shows it to the policies without a single property.
 */
export const LEFT_OUT_VARIABLE = "STRATA_LEAVES_OUT";
