/** What a report is put together from. */
export interface PageParts {
  readonly title: string;
  /** The page's own program and style sheet, as the build made them. */
  readonly script: string;
  readonly style: string;
  /** Deflated data in base64 by the ids of the elements that hold them. */
  readonly data: Readonly<Record<string, string>>;
}

/** A report as one file, which asks nothing of any network. */
export const pageFile = ({ title, script, style, data }: PageParts): string => {
  const holders = Object.entries(data).map(
    ([id, text]) => `<script type="application/octet-stream" id="${id}">${text}</script>\n`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="openwsk">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="app"><p style="padding:1em">Reading the run… (this page needs JavaScript)</p></div>
${holders.join('')}<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
};

const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
