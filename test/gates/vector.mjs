/** The names of AVX instructions: those with a v in front, except two old ones and virtualisation, and masks. */
export const VECTOR = /^(v(?!err|erw|m[a-z]*$)[a-z]|k(mov|ortest|or|and|not|xor|xnor|shift|test|add|unpck))/;
