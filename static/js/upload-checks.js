/* What can be said of a file before it is sent; the server judges again by the whole content.

   portal.fileFault(file, kinds, limit)   what is wrong and what to do, or ""
   portal.filePrint(file)                 tells the same file again after a reload: name, size, time, and both its ends
   portal.bytes(number)                   27 MB, 12.3 MB, 640 KB */
(function () {
  "use strict";
  const portal = window.portal;
  const HEAD = 1024;
  const END = 64 * 1024;
  const LABELS = { pdf: "PDF", docx: "Word（docx）", xlsx: "Excel（xlsx）", png: "PNG 图片", jpg: "JPG 图片" };

  portal.bytes = (number) => {
    const [amount, unit] = number >= 1024 * 1024 ? [number / 1024 / 1024, "MB"] : [number / 1024, "KB"];
    return `${unit === "MB" ? Number(amount.toFixed(1)) : Math.ceil(amount)} ${unit}`;
  };

  // One character for each byte. (A TextDecoder for "latin1" is one for windows-1252 and changes some of them.)
  async function text(file, start, end) {
    const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
    let words = "";
    for (let i = 0; i < bytes.length; i += 8192) words += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return words;
  }

  function kindsBySignature(head) {
    if (head.includes("%PDF-")) return ["pdf"];
    if (head.startsWith("\x89PNG\r\n\x1a\n")) return ["png"];
    if (head.startsWith("ÿØÿ")) return ["jpg"];
    if (head.startsWith("PK")) return ["docx", "xlsx"];
    return [];
  }

  portal.fileFault = async (file, kinds, limit) => {
    if (!file.size) return "文件是空的。请检查后重新选择。";
    if (file.size > limit) {
      return `文件有 ${portal.bytes(file.size)}，超过上限 ${portal.bytes(limit)}。请压缩或分开上传。`;
    }
    let head, end;
    try {
      head = await text(file, 0, HEAD);
      end = await text(file, Math.max(0, file.size - END), file.size);
    } catch {
      return "文件无法读取，可能已被移动、修改或正被其他程序占用。请关闭后重新选择。";
    }
    const wanted = kinds.map((kind) => LABELS[kind] || kind).join("、");
    if (head.startsWith("ÐÏ\x11à¡±\x1aá")) {
      return `这是旧版 Office 文档（doc、xls 等），或设有打开密码。请取消密码，并另存为 ${wanted} 后上传。`;
    }
    const found = kindsBySignature(head);
    if (!found.some((kind) => kinds.includes(kind))) {
      const looks = found.length ? `是 ${LABELS[found[0]]}` : "不是可以接收的格式";
      return `这个文件的内容${looks}，这里只收 ${wanted}。请另存为其中一种格式后上传（改文件名不起作用）。`;
    }
    if (found[0] === "pdf" && /\/Encrypt\s+\d+\s+\d+\s+R/.test(end)) {
      return "PDF 设有密码或使用限制。请取消密码和限制后重新上传。";
    }
    if (found[0] === "docx" && /vbaProject\.bin/i.test(end)) {
      return "文件含有宏。请另存为不含宏的 docx 或 xlsx 后上传。";
    }
    return "";
  };

  // Not a proof (the server's digest is): enough not to continue one file with another.
  function shortHash(words) {
    let one = 0xdeadbeef;
    let two = 0x41c6ce57;
    for (let i = 0; i < words.length; i += 1) {
      one = Math.imul(one ^ words.charCodeAt(i), 2654435761);
      two = Math.imul(two ^ words.charCodeAt(i), 1597334677);
    }
    return (one >>> 0).toString(16) + (two >>> 0).toString(16);
  }
  portal.filePrint = async (file) => {
    const ends = [await text(file, 0, END), await text(file, Math.max(0, file.size - END), file.size)];
    return [file.name, file.size, file.lastModified, ...ends.map(shortHash)].join("|");
  };
})();
