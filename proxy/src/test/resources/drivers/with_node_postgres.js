// What an application does with node-postgres; prints what it sees. Arguments: port, a number of its own: 0 is alone.
const { Pool } = require("pg");
const [port, number] = process.argv.slice(2);
const table = `node_${number}`;

async function failing(client, query) {
  try {
    console.log((await client.query(query)).rows);
  } catch (error) {
    console.log(error.code, error.message.replace(table, "table"));
  }
}

async function main() {
  const pool = new Pool({ host: "127.0.0.1", port, user: "app", database: "app", max: number === "0" ? 1 : 3 });
  await pool.query(`drop table if exists ${table}`);
  await pool.query(`create table ${table} (id int primary key, name text)`);
  const insert = (id) => pool.query({ name: "insert", text: `insert into ${table} values ($1, $2)`, values: [id, `name ${id}`] });
  await Promise.all([...Array(100).keys()].map(insert));
  const one = (id) => pool.query({ name: "one", text: `select name from ${table} where id = $1`, values: [id] });
  console.log((await Promise.all([...Array(100).keys()].map(one))).map((found) => found.rows[0].name).join());
  const client = await pool.connect();
  for (let i = 0; i < 2; i++) {
    await failing(client, { name: "zero", text: "select 1 / $1::int", values: [0] });
    await failing(client, { name: "wrong", text: "select from nowhere where a = $1", values: [0] });
    await failing(client, { name: "twice", text: `insert into ${table} values ($1, $2)`, values: [1, "twice"] });
  }
  for (let i = 0; i < 3; i++) {
    await client.query("begin");
    await client.query({ name: "update", text: `update ${table} set name = $1 where id = $2`, values: [`round ${i}`, i] });
    await client.query({ name: "count", text: `select count(*) from ${table}` });
    await client.query(i === 1 ? "rollback" : "commit");
  }
  console.log((await client.query({ name: "all", text: `select * from ${table} order by id limit 4` })).rows);
  client.release();
  await pool.query(`drop table ${table}`);
  await pool.end();
}

main();
