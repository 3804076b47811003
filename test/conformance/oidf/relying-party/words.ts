/** The words of a text: a list that is easier to read than one with commas and quotes. */
export const words = (text: string): readonly string[] => text.trim().split(/\s+/);
