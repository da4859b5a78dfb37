// Keeps one small thing in this browser for a year: a name, or whether pictures are blurred.

const YEAR_SECONDS = 31536000;

export default function ({ data }) {
  for (const [name, value] of Object.entries(data.kept)) {
    const encoded = encodeURIComponent(value);
    document.cookie = `${name}=${encoded}; path=/; max-age=${YEAR_SECONDS}; samesite=strict`;
  }
}
