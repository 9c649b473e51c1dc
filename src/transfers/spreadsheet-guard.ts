/**
 * Texts in cells that spreadsheets leave alone. What begins like a formula would be worked out by the program of whoever
 * opens the file (OWASP, "CSV Injection"); what begins like a number or a date would be written back as another one. An
 * apostrophe before it makes a text of it.
 *
 * The same is done behind every sign that may part cells: who opens the file with another separator than it has gets the
 * pieces as cells. An apostrophe that stands in such a place gets one more, so that `unguarded` finds each text again.
 */
const FORMULA = '=+\\-@\\uff1d\\uff0b\\uff0d\\uff20';
const START = new RegExp(`^( *)(?=['${FORMULA}\\d.\\t\\r\\n])`);
const AFTER_SEPARATOR = new RegExp(`([;,|\\t\\r\\n] *)(?=['${FORMULA}])`, 'g');

/** The text with an apostrophe before all that a spreadsheet would take for something else than text. */
export function guarded(text: string): string {
  return text.replace(AFTER_SEPARATOR, "$1'").replace(START, "$1'");
}

/** The text that was guarded. */
export function unguarded(text: string): string {
  return text.replace(/^( *)'/, '$1').replace(/([;,|\t\r\n] *)'/g, '$1');
}
