/** STORE-8, STORE-9 and STORE-27. */
import { editTable, type ImageRecord, type TableChange } from "../../core/store/mod.ts";
import { holds, rejection, same } from "./expectation.ts";
import {
  containerRecord,
  imageRecord,
  name,
  type StoreCase,
  setContainer,
  setImage,
  setName,
} from "./store-case.ts";

/** STORE-8, STORE-9 and STORE-27. */
export const tableCases: readonly StoreCase[] = [
  {
    title: "STORE-8 changes of the table happen all or not at all",
    async run({ here, there }) {
      const [a, b] = [imageRecord(1), imageRecord(2)];
      same(await here.table.change([setImage(a), setName(name("docker.io/library/a:1", a))]), true);
      const lost = setName(name("docker.io/library/b:1", b));
      const error = await rejection(() => here.table.change([setImage(a), lost]));
      holds(error instanceof TypeError, "a name without its image is misuse");
      const wrongKey: TableChange = { kind: "name", name: "docker.io/library/x:1", record: name("y", a) };
      holds(
        (await rejection(() => here.table.change([setImage(b), wrongKey]))) instanceof TypeError,
        "wrong key",
      );
      const snapshot = await there.table.snapshot();
      same([...snapshot.names.keys()], ["docker.io/library/a:1"], "names");
      same([...snapshot.images.values()], [a], "images");
    },
  },
  {
    title: "STORE-8 a change for an older version of the table is refused",
    async run({ here, there }) {
      const [a, b] = [imageRecord(1), imageRecord(2)];
      const { version } = await here.table.snapshot();
      same(await there.table.change([setImage(a)], { version }), true, "first");
      same(await here.table.change([setImage(b)], { version }), false, "second");
      const after = await here.table.snapshot();
      holds(after.version > version, "the version has grown");
      same([...after.images.keys()], [a.id], "images");
      same(await here.table.change([setImage(b)], { version: after.version }), true, "third");
    },
  },
  {
    title: "STORE-8 forty edits at once all come through, none is lost",
    async run({ here, there }) {
      const image = imageRecord(1);
      await here.table.change([setImage({ ...image, lastTaggedAt: 0 })]);
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          editTable((n % 2 === 0 ? here : there).table, ({ images }) => {
            const record = images.get(image.id)!;
            const next = { ...record, lastTaggedAt: (record.lastTaggedAt ?? 0) + 1 };
            return { changes: [setImage(next), setName(name(`docker.io/library/n:${n}`, next))] };
          }),
        ),
      );
      const { names, images } = await here.table.snapshot();
      same(images.get(image.id)?.lastTaggedAt, 40, "count");
      same(names.size, 40, "names");
    },
  },
  {
    title:
      "STORE-9 records come back as they were put, in order, apart from what the caller does to his later",
    async run({ here, there }) {
      const annotations = new Map([["org.opencontainers.image.ref.name", "1"]]);
      const image: ImageRecord = {
        ...imageRecord(1),
        target: {
          ...imageRecord(1).target,
          annotations,
          platform: { os: "linux", architecture: "arm64", osFeatures: ["a"] },
        },
        parent: imageRecord(2).id,
        lastTaggedAt: 1_700_000_000.25,
      };
      const texts = ["docker.io/library/b:1", "docker.io/library/a:2", "docker.io/library/a:10"];
      texts.push(`docker.io/library/a@${image.target.digest}`);
      const changes = [
        setImage(image),
        setImage(imageRecord(3)),
        ...texts.map((text) => setName(name(text, image))),
      ];
      await here.table.change(changes);
      annotations.clear();
      const { names, images } = await there.table.snapshot();
      same([...names.keys()], [...texts].sort(), "names");
      same([...images.keys()], [image.id, imageRecord(3).id].sort(), "images");
      same(
        images.get(image.id)?.target.annotations?.get("org.opencontainers.image.ref.name"),
        "1",
        "annotation",
      );
      same(images.get(image.id)?.lastTaggedAt, 1_700_000_000.25, "time");
      same(names.get(texts[0])?.target.platform, { os: "linux", architecture: "arm64", osFeatures: ["a"] });
    },
  },
  {
    title: "STORE-9 an image cannot go while a name means it, and goes with its names",
    async run({ here }) {
      const image = imageRecord(1);
      const record = name("docker.io/library/a:1", image);
      await here.table.change([setImage(image), setName(record)]);
      const goes: TableChange = { kind: "image", id: image.id, record: undefined };
      holds(
        (await rejection(() => here.table.change([goes]))) instanceof TypeError,
        "image with a name stays",
      );
      await here.table.change([goes, { kind: "name", name: record.name, record: undefined }]);
      const { names, images } = await here.table.snapshot();
      same([names.size, images.size], [0, 0], "left");
    },
  },
  {
    title: "STORE-27 two containers cannot have one name, and a name can pass from one to another",
    async run({ here, there }) {
      const image = imageRecord(1);
      const [one, two] = [containerRecord("one", image), containerRecord("two", image)];
      const drafted = containerRecord("drafted", image, [image.target, imageRecord(2).target]);
      same(
        await here.table.change([two, drafted, one].map(setContainer)),
        true,
        "without a record of the image",
      );
      const again = setContainer({ ...two, name: "one" });
      holds((await rejection(() => there.table.change([again]))) instanceof TypeError, "a name twice");
      same(await there.table.change([setContainer({ ...one, name: "old" }), again]), true, "renamed");
      const gone: TableChange = { kind: "container", id: one.id, record: undefined };
      await here.table.change([gone]);
      const { containers } = await there.table.snapshot();
      same([...containers.keys()], [two.id, drafted.id].sort(), "containers");
      same(containers.get(two.id)?.name, "one", "name");
      same(containers.get(drafted.id), drafted, "record");
      const wrong: TableChange = { kind: "container", id: "1", record: two };
      holds((await rejection(() => here.table.change([wrong]))) instanceof TypeError, "wrong key");
    },
  },
];
