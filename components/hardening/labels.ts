/** Labels in the form the Docker provider takes. */
export function dockerLabels(pairs: Readonly<Record<string, string>>): { label: string; value: string }[] {
    return Object.entries(pairs).map(([label, value]) => ({ label, value }));
}
